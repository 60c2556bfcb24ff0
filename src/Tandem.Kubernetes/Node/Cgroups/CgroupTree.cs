using System.Globalization;

namespace Tandem.Kubernetes.Node.Cgroups;

/// <summary>Control groups by their path from the root, in every hierarchy of version 1 or in the one of version 2.</summary>
public static class CgroupTree
{
    private const string Root = "/sys/fs/cgroup";

    /// <summary>Whether this machine has the unified hierarchy alone (cgroups(7), version 2).</summary>
    public static bool IsUnified { get; } = File.Exists(Path.Combine(Root, "cgroup.controllers"));

    /// <summary>Makes a group and its parents, with the processor, memory and process-number controllers.</summary>
    /// <param name="cgroup">Path from the root, such as <c>/tandem/demo/hot/kubepods</c>.</param>
    /// <exception cref="IOException">The kernel refused.</exception>
    public static void Create(string cgroup)
    {
        if (!IsUnified)
        {
            foreach (var controller in (ReadOnlySpan<string>)["cpu", "memory", "pids"])
            {
                if (Directory.Exists(Path.Combine(Root, controller)))
                    Directory.CreateDirectory(Root + "/" + controller + cgroup);
            }

            return;
        }

        var path = Root;
        foreach (var part in cgroup.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            // A group gets only those controllers that its parent hands down.
            File.WriteAllText(Path.Combine(path, "cgroup.subtree_control"), "+cpu +memory +pids");
            path = Path.Combine(path, part);
            Directory.CreateDirectory(path);
        }
    }

    /// <summary>Writes a setting of a group; does nothing where the machine lacks the controller.</summary>
    /// <param name="controller">Hierarchy of version 1; of no effect in version 2.</param>
    /// <param name="cgroup">Path from the root.</param>
    /// <param name="file">Such as <c>cpu.shares</c> or <c>memory.max</c>.</param>
    /// <param name="value">As cgroups(7) has it.</param>
    public static void Set(string controller, string cgroup, string file, string value)
    {
        var path = (IsUnified ? Root : Root + "/" + controller) + cgroup + "/" + file;
        if (File.Exists(path))
            File.WriteAllText(path, value);
    }

    /// <summary>Removes a group and all below it from every hierarchy.</summary>
    /// <exception cref="IOException">A process is still in one of them.</exception>
    public static void Remove(string cgroup)
    {
        foreach (var hierarchy in IsUnified ? [Root] : Directory.GetDirectories(Root))
        {
            var path = hierarchy + cgroup;
            if (Directory.Exists(path))
                RemoveFolder(path);
        }
    }

    /// <summary>Whether there are groups below this one, in any hierarchy.</summary>
    public static bool HasChildren(string cgroup) =>
        (IsUnified ? [Root] : Directory.GetDirectories(Root)).Any(h => Directory.Exists(h + cgroup) && Directory.GetDirectories(h + cgroup).Length > 0);

    /// <summary>Whether there is such a group.</summary>
    public static bool Exists(string cgroup) => Directory.Exists(MemoryFolder(cgroup));

    /// <summary>Bytes in use by a group and all below it that could not be given back at once; 0 where there is no such group.</summary>
    public static long WorkingSet(string cgroup)
    {
        var folder = MemoryFolder(cgroup);
        var usage = Path.Combine(folder, IsUnified ? "memory.current" : "memory.usage_in_bytes");
        if (!File.Exists(usage))
            return 0;
        var inactive = File.ReadLines(Path.Combine(folder, "memory.stat"))
            .First(l => l.StartsWith(IsUnified ? "inactive_file " : "total_inactive_file ", StringComparison.Ordinal)).Split(' ')[1];
        return Math.Max(0, long.Parse(File.ReadAllText(usage), CultureInfo.InvariantCulture) - long.Parse(inactive, CultureInfo.InvariantCulture));
    }

    /// <summary>The processes in a group and all below it.</summary>
    public static IReadOnlySet<int> Processes(string cgroup) =>
        (IsUnified ? [Root] : Directory.GetDirectories(Root))
            .Where(h => Directory.Exists(h + cgroup))
            .SelectMany(h => Directory.GetFiles(h + cgroup, "cgroup.procs", SearchOption.AllDirectories))
            .SelectMany(File.ReadAllLines)
            .Select(int.Parse)
            .ToHashSet();

    private static string MemoryFolder(string cgroup) => (IsUnified ? Root : Root + "/memory") + cgroup;

    private static void RemoveFolder(string path)
    {
        foreach (var child in Directory.GetDirectories(path))
            RemoveFolder(child);
        try
        {
            Directory.Delete(path);
        }
        catch (DirectoryNotFoundException)
        {
            // The same hierarchy under a second name (cpu and cpu,cpuacct), or the runtime was quicker.
        }
    }
}
