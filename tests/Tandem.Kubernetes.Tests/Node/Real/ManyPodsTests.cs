using k8s;
using k8s.Models;

namespace Tandem.Kubernetes.Tests.Node.Real;

/// <summary>As many pods as a node takes, and more after them: nothing of them is left.</summary>
public sealed class ManyPodsTests(ContainerdFixture node) : IClassFixture<ContainerdFixture>
{
    private const int Most = 110;

    [Fact]
    public async Task Pods_TwoHundredOfWhichAFullNodeAtOnce_LeaveNothingBehind()
    {
        var before = await node.LeftoversAsync();
        await RunAndDeleteAsync(Most);
        await RunAndDeleteAsync(200 - Most);
        Assert.Equal(before, await node.LeftoversAsync());
    }

    private async Task RunAndDeleteAsync(int count)
    {
        foreach (var i in Enumerable.Range(0, count))
            node.Api.Create(KubernetesYaml.Deserialize<V1Pod>($$"""
                apiVersion: v1
                kind: Pod
                metadata: { name: p{{i}} }
                spec:
                  containers:
                  - { name: c, image: "tandem.local/busybox:test", command: [sh, -c, "trap 'exit 0' TERM; sleep 1000 & wait"],
                      volumeMounts: [{ name: memory, mountPath: /tmp }] }
                  volumes: [{ name: memory, emptyDir: { medium: Memory, sizeLimit: 1Mi } }]
                """));
        await Eventually.TrueAsync(
            () => Task.FromResult(node.Api.Pods.All(p => p.Status.Conditions?.Any(c => c is { Type: "Ready", Status: "True" }) == true)), $"{count} pods are ready",
            () => string.Join('\n', node.Api.Pods.Select(p => p.Status.Phase).CountBy(p => p)), TimeSpan.FromMinutes(3));
        Assert.Equal(count, node.Api.Pods.Select(p => p.Status.PodIP).Distinct().Count());
        foreach (var pod in node.Api.Pods.ToList())
            node.Api.Delete(pod.Metadata.Name, 30);
        await Eventually.TrueAsync(() => Task.FromResult(!node.Api.Pods.Any()), $"{count} pods are gone", within: TimeSpan.FromMinutes(3));
    }
}
