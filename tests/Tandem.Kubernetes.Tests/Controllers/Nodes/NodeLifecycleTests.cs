using System.Text.Json.Nodes;
using k8s;
using k8s.Models;

namespace Tandem.Kubernetes.Tests.Controllers.Nodes;

/// <summary>Nodes that are cordoned, tainted, lost and removed, by the words of a kubelet that the test speaks.</summary>
public sealed class NodeLifecycleTests(ControllersFixture cluster) : IClassFixture<ControllersFixture>
{
    [Fact]
    public async Task Cordon_ThenUncordon_SetsAndRemovesTheTaint()
    {
        await NodeAsync("cordoned", "True");
        await cluster.KubectlOkAsync("cordon cordoned");
        await TaintsAsync("cordoned", "node.kubernetes.io/unschedulable:NoSchedule");
        await cluster.KubectlOkAsync("uncordon cordoned");
        await TaintsAsync("cordoned", "");
        await cluster.KubectlOkAsync("delete node cordoned");
    }

    [Fact]
    public async Task Node_NotReadyBesideAReadyOne_IsTaintedItsPodsAreNotReadyAndThoseWithoutTolerationAreDeleted()
    {
        await NodeAsync("ready", "True");
        await NodeAsync("lost", "True");
        var ns = await cluster.NamespaceAsync();
        await PodAsync(ns, "stays", "lost", "");
        await PodAsync(ns, "goes", "lost", "tolerations: [{ key: node.kubernetes.io/not-ready, operator: Exists, effect: NoExecute, tolerationSeconds: 1 }]");

        await SayAsync("lost", "False");

        await TaintsAsync("lost", "node.kubernetes.io/not-ready:NoExecute node.kubernetes.io/not-ready:NoSchedule");
        await Eventually.TrueAsync(async () => (await PodAsync(ns, "goes"))?.Metadata.DeletionTimestamp is not null, "the pod is being deleted");
        Assert.Contains((await PodAsync(ns, "goes"))!.Status.Conditions, c => c is { Type: "DisruptionTarget", Reason: "DeletionByTaintManager" });
        await Eventually.TrueAsync(async () => (await PodAsync(ns, "stays"))!.Status.Conditions.Any(c => c is { Type: "Ready", Status: "False" }), "the pod is not ready");
        Assert.Null((await PodAsync(ns, "stays"))!.Metadata.DeletionTimestamp);
        await Eventually.TrueAsync(
            async () => await cluster.KubectlOkAsync($"get events -n {ns} -o jsonpath={{.items[*].message}}") is var told
                && told.Contains("Node is not ready", StringComparison.Ordinal) && told.Contains($"Marking for deletion Pod {ns}/goes", StringComparison.Ordinal),
            "the events are there");

        // With the last node that was ready all evictions end: there is nowhere to go to.
        await SayAsync("ready", "False");
        await TaintsAsync("lost", "node.kubernetes.io/not-ready:NoSchedule");
        await TaintsAsync("ready", "node.kubernetes.io/not-ready:NoSchedule");
        await SayAsync("lost", "True");
        await TaintsAsync("lost", "");
        await cluster.KubectlOkAsync("delete node lost ready");
    }

    [Fact]
    public async Task Taint_NoExecute_DeletesWhoDoesNotTolerateItAndCancelsWhenItGoes()
    {
        await NodeAsync("tainted", "True");
        var ns = await cluster.NamespaceAsync();
        await PodAsync(ns, "tolerant", "tainted", "tolerations: [{ key: maintenance, operator: Exists }]");
        await PodAsync(ns, "patient", "tainted", "tolerations: [{ key: maintenance, operator: Exists, tolerationSeconds: 3600 }]");
        await PodAsync(ns, "intolerant", "tainted", "");

        await cluster.KubectlOkAsync("taint nodes tainted maintenance=now:NoExecute");
        await Eventually.TrueAsync(async () => (await PodAsync(ns, "intolerant"))?.Metadata.DeletionTimestamp is not null, "the pod is being deleted");
        await cluster.KubectlOkAsync("taint nodes tainted maintenance-");

        await Eventually.TrueAsync(
            async () => (await cluster.KubectlOkAsync($"get events -n {ns} -o jsonpath={{.items[*].message}}")).Contains($"Cancelling deletion of Pod {ns}/patient", StringComparison.Ordinal),
            "the deletion is cancelled");
        Assert.Null((await PodAsync(ns, "tolerant"))!.Metadata.DeletionTimestamp);
        Assert.Null((await PodAsync(ns, "patient"))!.Metadata.DeletionTimestamp);
        await cluster.KubectlOkAsync("delete node tainted");
    }

    private async Task NodeAsync(string name, string ready)
    {
        await cluster.Cluster.CoreV1.CreateNodeAsync(new V1Node { Metadata = new V1ObjectMeta { Name = name } });
        await SayAsync(name, ready);
    }

    private Task SayAsync(string node, string ready) => cluster.Cluster.CoreV1.PatchNodeStatusAsync(
        new V1Patch(new JsonObject { ["status"] = new JsonObject { ["conditions"] = new JsonArray(new JsonObject { ["type"] = "Ready", ["status"] = ready, ["reason"] = "Test" }) } }.ToJsonString(), V1Patch.PatchType.StrategicMergePatch),
        node);

    private async Task PodAsync(string ns, string name, string node, string spec)
    {
        await cluster.KubectlOkAsync($"apply -n {ns} -f -", $$"""
            apiVersion: v1
            kind: Pod
            metadata: { name: {{name}} }
            spec:
              nodeName: {{node}}
              containers: [{ name: c, image: "nginx:1" }]
              {{spec}}
            """);
        await cluster.SetAsync((await PodAsync(ns, name))!, "Running");
    }

    private async Task<V1Pod?> PodAsync(string ns, string name) => (await cluster.PodsAsync(ns)).FirstOrDefault(p => p.Metadata.Name == name);

    private Task TaintsAsync(string node, string expected) => Eventually.TrueAsync(
        async () => string.Join(' ', ((await cluster.Cluster.CoreV1.ReadNodeAsync(node)).Spec?.Taints ?? []).Select(t => $"{t.Key}:{t.Effect}").Order(StringComparer.Ordinal)) == expected,
        $"{node} has the taints '{expected}'");
}
