using Tandem.Host.Supervision;
using Tandem.Kubernetes.Node.Cgroups;

namespace Tandem.Host.Faults;

/// <summary>The processes of a cluster's pods, found without the help of containerd.</summary>
internal static class NodeProcesses
{
    private const string IngressProgram = "Tandem.Ingress.dll";

    /// <summary>
    /// containerd's shims, known by its socket among their arguments, and whatever is in the cluster's control groups.
    /// </summary>
    public static IReadOnlyList<ProcessIdentity> All(HostPlan plan, ClusterPlan cluster, StateFolder state)
    {
        var socket = ClusterProcesses.Options(plan, cluster, state).ContainerdSocket;
        var shims = Directory.GetDirectories("/proc")
            .Select(d => int.TryParse(Path.GetFileName(d), out var pid) ? pid : 0)
            .Where(pid => pid > 0 && Arguments(pid).Contains(socket));
        return Identities(shims.Concat(Contained(plan, cluster)));
    }

    /// <summary>The processes of the ingress controllers' containers: those in the control group of its program.</summary>
    public static IReadOnlyList<ProcessIdentity> OfIngress(HostPlan plan, ClusterPlan cluster)
    {
        var contained = Contained(plan, cluster);
        var groups = contained.Where(pid => Arguments(pid).Any(a => a.EndsWith(IngressProgram, StringComparison.Ordinal))).Select(Group).ToHashSet();
        return Identities(contained.Where(pid => groups.Contains(Group(pid))));
    }

    /// <summary>The processes in the cluster's control groups.</summary>
    public static IReadOnlyList<int> Contained(HostPlan plan, ClusterPlan cluster) =>
        [.. CgroupTree.Processes(ClusterProcesses.CgroupOf(plan.Platform, cluster.Name)).Distinct()];

    private static List<ProcessIdentity> Identities(IEnumerable<int> pids) => [.. pids.Distinct().Select(ProcessIdentity.Of).OfType<ProcessIdentity>()];

    private static string[] Arguments(int pid) => Read(pid, "cmdline").Split('\0');

    private static string Group(int pid) => Read(pid, "cgroup");

    private static string Read(int pid, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/{file}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has ended.
            return "";
        }
    }
}
