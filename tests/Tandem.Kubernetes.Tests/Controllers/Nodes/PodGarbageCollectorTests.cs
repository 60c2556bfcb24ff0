using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Tandem.Kubernetes.Controllers;
using Tandem.Kubernetes.Controllers.Nodes;

namespace Tandem.Kubernetes.Tests.Controllers.Nodes;

/// <summary>Pods whose node is no more: a collector with a clock of the test's on a real API.</summary>
public sealed class PodGarbageCollectorTests(ControllersFixture cluster) : IClassFixture<ControllersFixture>
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Pods_OfANodeThatIsGone_AreMarkedAndDeletedAfterTheQuarantineAndNoOthers()
    {
        var ns = await cluster.NamespaceAsync();
        foreach (var node in (string[])["there", "returns"])
            await cluster.Cluster.CoreV1.CreateNodeAsync(new V1Node { Metadata = new V1ObjectMeta { Name = node } });
        // Held, so that what was written before its deletion can be read.
        await CreateAsync(ns, "running", "gone", "Running", "tandem.test/held");
        await CreateAsync(ns, "finished", "gone", "Succeeded");
        await CreateAsync(ns, "elsewhere", "there", "Running");
        await CreateAsync(ns, "patient", "returns", "Running");
        await CreateAsync(ns, "unbound", null, "Pending");
        using var informers = new SharedInformers(cluster.Cluster, TimeProvider.System, NullLogger<SharedInformers>.Instance);
        using var collector = new PodGarbageCollector(cluster.Cluster, informers, _time, NullLogger<PodGarbageCollector>.Instance);
        await informers.StartAsync(CancellationToken.None);
        await collector.StartAsync(CancellationToken.None);
        await cluster.Cluster.CoreV1.DeleteNodeAsync("returns");

        var began = _time.GetUtcNow();
        await Eventually.TrueAsync(
            async () =>
            {
                _time.Advance(TimeSpan.FromSeconds(2));
                if (_time.GetUtcNow() - began == TimeSpan.FromSeconds(20))
                    await cluster.Cluster.CoreV1.CreateNodeAsync(new V1Node { Metadata = new V1ObjectMeta { Name = "returns" } });
                return await cluster.PodNamesAsync(ns) == "elsewhere patient running unbound";
            },
            "the pod that had finished is gone");
        Assert.InRange(_time.GetUtcNow() - began, PodGarbageCollector.Quarantine, TimeSpan.MaxValue);

        await Eventually.TrueAsync(async () => (await PodAsync(ns, "running")).Metadata.DeletionTimestamp is not null, "the pod that ran is being deleted");
        var running = await PodAsync(ns, "running");
        Assert.Equal(("Failed", 0L), (running.Status.Phase, running.Metadata.DeletionGracePeriodSeconds));
        Assert.Contains(running.Status.Conditions, c => c is { Type: "DisruptionTarget", Status: "True", Reason: "DeletionByPodGC", Message: "PodGC: node no longer exists" });
        _time.Advance(PodGarbageCollector.Quarantine * 2);
        foreach (var name in (string[])["elsewhere", "patient", "unbound"])
            Assert.Null((await PodAsync(ns, name)).Metadata.DeletionTimestamp);
        await collector.StopAsync(CancellationToken.None);
        await informers.StopAsync(CancellationToken.None);
    }

    private async Task CreateAsync(string ns, string name, string? node, string phase, params string[] finalizers)
    {
        var pod = await cluster.Cluster.CoreV1.CreateNamespacedPodAsync(
            new V1Pod
            {
                Metadata = new V1ObjectMeta { Name = name, Finalizers = finalizers },
                Spec = new V1PodSpec { NodeName = node, SchedulerName = "nobody", Containers = [new V1Container { Name = "c", Image = "nginx:1" }] },
            },
            ns);
        if (phase != "Pending")
            await cluster.SetAsync(pod, phase);
    }

    private Task<V1Pod> PodAsync(string ns, string name) => cluster.Cluster.CoreV1.ReadNamespacedPodAsync(name, ns);
}
