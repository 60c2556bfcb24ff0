using k8s.Models;
using Tandem.Kubernetes.Node;
using Tandem.Kubernetes.Node.Eviction;

namespace Tandem.Kubernetes.Tests.Node.Real;

/// <summary>A node of little memory: who uses too much of it, or of the disk, has to go.</summary>
public sealed class EvictionTests(EvictionTests.SmallNode node) : IClassFixture<EvictionTests.SmallNode>
{
    // Held by the shell's memory-backed volume, so that no limit of the container's own ends it first.
    private const string Hold = "dd if=/dev/zero of=/mem/x bs=1M count=";
    private const string MemoryVolume = "volumes: [ { name: m, emptyDir: { medium: Memory } } ],";
    private const string Mount = "volumeMounts: [ { name: m, mountPath: /mem } ],";

    [Fact]
    public async Task MemoryPressure_PodAboveItsRequest_IsEvictedAndOthersStay()
    {
        var modest = PodRuns.Script("modest", $"{Hold}20; sleep 1000", Mount + "resources: { requests: { memory: 100Mi } }", MemoryVolume);
        node.Api.Create(modest);
        await node.UntilAsync("modest", s => s.ContainerStatuses?[0].State.Running is not null);
        node.Api.Create(PodRuns.Script("greedy", $"{Hold}80; sleep 1000", Mount + "resources: { requests: { memory: 10Mi } }", MemoryVolume + "priority: 1000,"));
        await node.UntilAsync("greedy", s => s.Phase == "Failed");

        var status = node.Api.Pod("greedy")!.Status;
        Assert.Equal("Evicted", status.Reason);
        Assert.Matches("^The node was low on resource: memory. Threshold quantity: 100Mi, available: [0-9]+[KM]?i?. Container c was using [0-9]+[KM]?i?, request is 10Mi, has larger consumption of memory. $", status.Message);
        Assert.Equal(("True", "TerminationByKubelet"), (Condition(status)?.Status, Condition(status)?.Reason));
        Assert.Equal(137, status.ContainerStatuses[0].State.Terminated.ExitCode);
        Assert.Contains("Evicted: The node was low on resource: memory.", node.Api.Told("greedy"), StringComparison.Ordinal);
        Assert.Contains("EvictionThresholdMet: Attempting to reclaim memory", node.NodeEvents);
        Assert.Equal("Running", node.Api.Pod("modest")!.Status.Phase);

        // While the condition lasts, nobody comes in who promises nothing about memory.
        Assert.Equal(["MemoryPressure"], node.Pressure.Conditions);
        node.Api.Create(PodRuns.Script("late", "sleep 1000"));
        await node.UntilAsync("late", s => s.Phase == "Failed");
        Assert.Equal(("Evicted", "Pod was rejected: The node had condition: [MemoryPressure]. "), (node.Api.Pod("late")!.Status.Reason, node.Api.Pod("late")!.Status.Message));

        await Eventually.TrueAsync(() => Task.FromResult(node.Pressure.Conditions.Count == 0), "the pressure is over");
        Assert.Equal("Running", node.Api.Pod("modest")!.Status.Phase);
    }

    [Fact]
    public async Task EmptyDir_LargerThanItsLimit_IsEvicted()
    {
        node.Api.Create(PodRuns.Script("full", "dd if=/dev/zero of=/disk/x bs=1M count=3; sleep 1000", "volumeMounts: [ { name: d, mountPath: /disk } ]", "volumes: [ { name: d, emptyDir: { sizeLimit: 1Mi } } ],"));
        await node.UntilAsync("full", s => s.Phase == "Failed");

        Assert.Equal(("Evicted", "Usage of EmptyDir volume \"d\" exceeds the limit \"1Mi\". "), (node.Api.Pod("full")!.Status.Reason, node.Api.Pod("full")!.Status.Message));
    }

    [Fact]
    public async Task EmptyDir_InMemory_IsNoLargerThanItsLimit() => Assert.Contains(
        "dd: error writing '/mem/x': No space left on device",
        await node.RunAsync(PodRuns.Script("small", $"{Hold}3; true", Mount + "resources: { requests: { memory: 1Mi } }", "volumes: [ { name: m, emptyDir: { medium: Memory, sizeLimit: 1Mi } } ],")));

    [Fact]
    public async Task EphemeralStorage_AboveThePodsLimit_IsEvicted()
    {
        node.Api.Create(PodRuns.Script("stored", "dd if=/dev/zero of=/disk/x bs=1M count=3; sleep 1000",
            "resources: { limits: { ephemeral-storage: 2Mi } }, volumeMounts: [ { name: d, mountPath: /disk } ]", "volumes: [ { name: d, emptyDir: {} } ],"));
        await node.UntilAsync("stored", s => s.Phase == "Failed");

        Assert.Equal(("Evicted", "Pod ephemeral local storage usage exceeds the total limit of containers 2Mi. "), (node.Api.Pod("stored")!.Status.Reason, node.Api.Pod("stored")!.Status.Message));
    }

    private static V1PodCondition? Condition(V1PodStatus status) => status.Conditions.FirstOrDefault(c => c.Type == "DisruptionTarget");

    /// <summary>Its pods share 160 MiB, of which 100 are to be left.</summary>
    public sealed class SmallNode : ContainerdFixture
    {
        private protected override NodeOptions Adjusted(NodeOptions options) => options with
        {
            MemoryCapacity = 160 << 20,
            Eviction = new EvictionThresholds { MemoryAvailable = 100 << 20, TransitionPeriod = TimeSpan.FromSeconds(3) },
            HousekeepingPeriod = TimeSpan.FromMilliseconds(500),
        };
    }
}
