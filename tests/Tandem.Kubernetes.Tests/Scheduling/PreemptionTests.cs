using FsCheck.Xunit;
using k8s.Models;
using Tandem.Kubernetes.Scheduling;

namespace Tandem.Kubernetes.Tests.Scheduling;

public sealed class PreemptionTests
{
    [Fact]
    public void Best_SeveralLower_TakesTheLeastImportantAndSparesTheRest()
    {
        V1Pod[] pods = [Pod("a", 1, 4), Pod("b", 2, 4), Pod("c", 9, 2)];

        var plan = Preemption.Best(Pod("new", 5, 4, null), [Node("n", 10)], pods, []);

        Assert.Equal(["a"], plan!.Victims.Select(v => v.Metadata.Name));
    }

    [Fact]
    public void Best_BudgetOnOneNode_PrefersTheOther()
    {
        V1Pod[] pods = [Pod("a", 1, 8, "n1", "guarded"), Pod("b", 3, 8, "n2")];
        var budget = new V1PodDisruptionBudget
        {
            Metadata = new V1ObjectMeta { NamespaceProperty = "ns" },
            Spec = new V1PodDisruptionBudgetSpec { Selector = new V1LabelSelector { MatchLabels = new Dictionary<string, string> { ["app"] = "guarded" } } },
            Status = new V1PodDisruptionBudgetStatus { DisruptionsAllowed = 0 },
        };

        Assert.Equal("n1", Preemption.Best(Pod("new", 5, 8, null), [Node("n1", 10), Node("n2", 10)], pods, [])!.Node.Metadata.Name);
        Assert.Equal("n2", Preemption.Best(Pod("new", 5, 8, null), [Node("n1", 10), Node("n2", 10)], pods, [budget])!.Node.Metadata.Name);
        Assert.Equal(1, Preemption.Best(Pod("new", 5, 8, null), [Node("n1", 10)], pods, [budget])!.Violations);
    }

    [Fact]
    public void Best_OnlyEqualOrHigher_IsNone() => Assert.Null(Preemption.Best(Pod("new", 5, 8, null), [Node("n", 10)], [Pod("a", 5, 8)], []));

    [Fact]
    public void On_RoomMadeForAnother_IsTakenForTheLessImportantOnly()
    {
        var nominated = Pod("nominated", 5, 8, null);
        nominated.Status.NominatedNodeName = "n";

        Assert.Single(Occupancy.On(Pod("low", 4, 1, null), Node("n", 10), [nominated]));
        Assert.Empty(Occupancy.On(Pod("high", 6, 1, null), Node("n", 10), [nominated]));
    }

    [Fact]
    public void Ineligible_NeverOrWaiting_SaysWhy()
    {
        var never = Pod("new", 5, 8, null);
        never.Spec.PreemptionPolicy = "Never";
        var waiting = Pod("new", 5, 8, null);
        waiting.Status.NominatedNodeName = "n";
        var going = Pod("a", 1, 8);
        going.Metadata.DeletionTimestamp = DateTime.UnixEpoch;

        Assert.Equal("not eligible due to preemptionPolicy=Never.", Preemption.Ineligible(never, []));
        Assert.Equal("not eligible due to a terminating pod on the nominated node.", Preemption.Ineligible(waiting, [going]));
        Assert.Null(Preemption.Ineligible(waiting, []));
    }

    [Property]
    public bool Best_AnyPods_MakesRoomAndTakesNoneInVain((byte Priority, byte Cpu)[] running, byte priority, byte cpu)
    {
        var pods = running.Select((r, i) => Pod($"p{i}", r.Priority, r.Cpu)).ToList();
        var (pod, node) = (Pod("new", priority, cpu, null), Node("n", 200));
        if (Preemption.Best(pod, [node], pods, []) is not { } plan)
            return true;
        var rest = pods.Except(plan.Victims).ToList();
        return plan.Victims.All(v => v.Spec.Priority < priority)
            && NodeResources.Reason(pod, node, rest) is null
            && plan.Victims.All(v => NodeResources.Reason(pod, node, [.. rest, v]) is not null);
    }

    private static V1Node Node(string name, int cpu) => new()
    {
        Metadata = new V1ObjectMeta { Name = name },
        Status = new V1NodeStatus { Allocatable = new Dictionary<string, ResourceQuantity> { ["cpu"] = new(cpu.ToString(System.Globalization.CultureInfo.InvariantCulture)) } },
    };

    private static V1Pod Pod(string name, int priority, int cpu, string? node = "n", string app = "other") => new()
    {
        Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = "ns", Uid = name, Labels = new Dictionary<string, string> { ["app"] = app } },
        Spec = new V1PodSpec
        {
            NodeName = node,
            Priority = priority,
            Containers = [new V1Container { Name = "c", Resources = new V1ResourceRequirements { Requests = new Dictionary<string, ResourceQuantity> { ["cpu"] = new(cpu.ToString(System.Globalization.CultureInfo.InvariantCulture)) } } }],
        },
        Status = new V1PodStatus { Phase = "Running" },
    };
}
