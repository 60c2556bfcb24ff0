using Tandem.Platform.Clusters;
using Tandem.Platform.Parity.Live;

namespace Tandem.Platform.Parity.Checks;

/// <summary>What runs in the hot cluster fits into the standby: by the sums of all usable nodes, not by where each pod would go.</summary>
internal static class CapacityCheck
{
    public static IEnumerable<Finding> Of(ParityView view)
    {
        foreach (var (hot, standby) in view.Pair)
        {
            var nodes = standby.All.Select(o => o.Facts.Node).OfType<LiveNode>().ToList();
            var free = Sum(nodes.Where(n => n.Usable).Select(n => n.Allocatable)) - Sum(standby.All.Select(o => o.Facts.Pod).OfType<LivePod>().Select(p => p.Requests));
            var more = Sum((standby.Wanted?.Workloads.Keys ?? []).Select(key => More(hot, standby, key)));
            if (more.Cpu > free.Cpu || more.Memory > free.Memory)
                yield return new Finding(
                    "no-capacity", standby.Weight, standby.Name, null,
                    $"to run what the hot cluster runs it needs {more} more, and has {Resources.Max(free, default)} free on {nodes.Count(n => n.Usable)} of {nodes.Count} nodes",
                    "add nodes, or free what else runs there");
        }
    }

    /// <summary>What a workload would request more than it does.</summary>
    private static Resources More(ClusterView hot, ClusterView standby, ObjectKey key) =>
        hot.Members.GetValueOrDefault(key)?.Facts.Workload is { } one && standby.Members.GetValueOrDefault(key)?.Facts.Workload is { } other
            ? Resources.Max((one.Each * Math.Max(one.Wanted, one.Exists)) - (other.Each * other.Exists), default) : default;

    private static Resources Sum(IEnumerable<Resources> all) => all.Aggregate(default(Resources), (sum, r) => sum + r);
}
