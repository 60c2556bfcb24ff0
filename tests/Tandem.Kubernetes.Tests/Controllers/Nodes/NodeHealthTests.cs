using FsCheck.Xunit;
using k8s.Models;
using Tandem.Kubernetes.Controllers.Nodes;

namespace Tandem.Kubernetes.Tests.Controllers.Nodes;

public sealed class NodeHealthTests
{
    private static readonly DateTimeOffset Wall = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(50, false)]
    [InlineData(51, true)]
    public void Unknown_LeaseNotRenewed_AfterTheGraceOnly(int seconds, bool unknown)
    {
        var node = Ready("True");
        var health = NodeHealth.Observe(null, node, Lease(0), TimeSpan.Zero);
        for (var i = 1; i <= seconds; i++)
            health = NodeHealth.Observe(health, node, Lease(0), TimeSpan.FromSeconds(i));

        var conditions = health.Unknown(node, TimeSpan.FromSeconds(seconds), Wall);
        Assert.Equal(unknown, conditions is not null);
        if (unknown)
            Assert.Equal(
                "Ready=Unknown:NodeStatusUnknown:Kubelet stopped posting node status. MemoryPressure=Unknown:NodeStatusNeverUpdated:Kubelet never posted node status.",
                string.Join(' ', conditions!.Take(2).Select(c => $"{c.Type}={c.Status}:{c.Reason}:{c.Message}")));
    }

    [Fact]
    public void Unknown_AfterTheApiWasAway_TheNodeHasItsWholeTimeAgain()
    {
        var node = Ready("True");
        var health = NodeHealth.Observe(null, node, Lease(0), TimeSpan.Zero);
        var back = TimeSpan.FromMinutes(5);
        health = NodeHealth.Observe(health, node, Lease(0), back);

        Assert.Null(health.Unknown(node, back, Wall));
        Assert.NotNull(health.Unknown(node, back + NodeHealth.Grace + TimeSpan.FromSeconds(1), Wall));
    }

    [Fact]
    public void Unknown_NodeThatNeverReported_HasTheLongerGrace()
    {
        var node = new V1Node { Metadata = new V1ObjectMeta { Name = "n" } };
        var health = NodeHealth.Observe(null, node, null, TimeSpan.Zero);
        Assert.Null(health.Unknown(node, TimeSpan.FromSeconds(60), Wall));
        Assert.Equal(4, health.Unknown(node, TimeSpan.FromSeconds(61), Wall)!.Count);
    }

    // Whatever the pauses between two signs of life: it is taken for dead if and only if the last pause was too long, whatever its clock shows.
    [Property(MaxTest = 300)]
    public bool Unknown_AnyPauses_OnlyIfTheLastSignIsTooOld(byte[] pauses, sbyte clock)
    {
        var node = Ready("True");
        NodeHealth? health = null;
        var (now, last, sign) = (TimeSpan.Zero, TimeSpan.Zero, 0);
        foreach (var pause in pauses)
        {
            now += TimeSpan.FromSeconds(pause);
            if (pause % 2 == 0)
                (last, sign) = (now, sign + 1);
            health = NodeHealth.Observe(health, node, Lease(sign * clock), now);
            // A first look, and a lease that shows the same time, are no sign of life but the first.
            if (clock == 0 || health.Since == now)
                last = health.Since;
            if ((health.Unknown(node, now, Wall) is not null) != (now - last > NodeHealth.Grace))
                return false;
        }

        return true;
    }

    [Theory]
    [InlineData("True", false, "")]
    [InlineData("False", false, "node.kubernetes.io/not-ready:NoSchedule")]
    [InlineData("False", true, "node.kubernetes.io/not-ready:NoSchedule node.kubernetes.io/not-ready:NoExecute")]
    [InlineData("Unknown", true, "node.kubernetes.io/unreachable:NoSchedule node.kubernetes.io/unreachable:NoExecute")]
    public void Taints_ByReadiness_ReplaceEachOtherAndLeaveForeignOnes(string ready, bool evict, string expected)
    {
        var node = Ready(ready);
        V1Taint foreign = new() { Key = "mine", Effect = "NoExecute" };
        node.Spec = new V1NodeSpec { Taints = [foreign, new V1Taint { Key = NodeTaints.NotReady, Effect = "NoExecute" }] };
        if (ready == "False" && evict)
            node.Spec.Taints.RemoveAt(1);

        var taints = NodeTaints.Change(node, evict, Wall)!;

        Assert.Equal(("mine:NoExecute " + expected).Trim(), string.Join(' ', taints.Select(t => $"{t.Key}:{t.Effect}")));
        node.Spec.Taints = taints;
        Assert.Null(NodeTaints.Change(node, evict, Wall));
    }

    private static V1Node Ready(string status) => new()
    {
        Metadata = new V1ObjectMeta { Name = "n" },
        Status = new V1NodeStatus { Conditions = [new V1NodeCondition { Type = "Ready", Status = status, LastHeartbeatTime = Wall.UtcDateTime }] },
    };

    private static V1Lease Lease(int seconds) => new() { Spec = new V1LeaseSpec { RenewTime = Wall.UtcDateTime.AddSeconds(seconds) } };
}
