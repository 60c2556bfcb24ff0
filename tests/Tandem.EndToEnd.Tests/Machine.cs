using Tandem.Processes;

namespace Tandem.EndToEnd.Tests;

/// <summary>What a platform could leave behind on a machine.</summary>
internal static class Machine
{
    /// <summary>Processes, namespaces, mounts, links, rules and control groups that bear the platform's marks.</summary>
    public static string Snapshot(string bridge, string platform)
    {
        var processes = Directory.GetDirectories("/proc")
            .Where(d => int.TryParse(Path.GetFileName(d), out _))
            .Select(d => Read(d + "/cmdline").Replace('\0', ' '))
            .Where(c => c.Contains($"/{platform}/", StringComparison.Ordinal) && !c.Contains("tandem.dll up", StringComparison.Ordinal) && !c.Contains("tandem.dll down", StringComparison.Ordinal));
        var mounts = Read("/proc/self/mounts").Split('\n').Where(m => m.Contains($"/{platform}/", StringComparison.Ordinal) || m.Contains($"tandem-{platform}", StringComparison.Ordinal));
        var namespaces = Directory.Exists("/run/netns") ? Directory.GetFiles("/run/netns").Where(n => n.Contains(platform, StringComparison.Ordinal)) : [];
        var links = Directory.GetDirectories("/sys/class/net").Select(Path.GetFileName).Where(l => l!.StartsWith(bridge, StringComparison.Ordinal));
        var cgroups = Directory.GetDirectories("/sys/fs/cgroup").Append("/sys/fs/cgroup").Select(d => $"{d}/tandem/{platform}").Where(Directory.Exists);
        var rules = ProcessRunner.RunCheckedAsync(new Command("nft", "list", "tables")).GetAwaiter().GetResult().Output.Split('\n').Where(t => t.Contains(bridge, StringComparison.Ordinal));
        return string.Join('\n', [.. processes, .. mounts, .. namespaces, .. links, .. cgroups, .. rules]);
    }

    /// <summary>
    /// The sockets of the shims of a running platform. All of a machine's lie in one folder under names that are hashes: which ones
    /// are the platform's can only be told while it runs.
    /// </summary>
    public static IReadOnlyList<string> ShimSockets(string state)
    {
        string[] sockets = [.. new[] { "hot", "standby" }
            .SelectMany(c => Directory.GetDirectories($"{state}/{c}/containerd/state/io.containerd.runtime.v2.task/k8s.io"))
            .Select(d => Read(d + "/address").Trim().Replace("unix://", "", StringComparison.Ordinal))
            .Where(s => s.Length > 0)];
        Assert.All(sockets, s => Assert.True(File.Exists(s), s));
        Assert.NotEmpty(sockets);
        return sockets;
    }

    /// <summary>
    /// The memory of everything that was started for a platform, applications aside: the proportional set size, which
    /// counts a page that several processes share once.
    /// </summary>
    public static long ResidentMegabytes(string state)
    {
        var total = 0L;
        foreach (var folder in Directory.GetDirectories("/proc").Where(d => int.TryParse(Path.GetFileName(d), out _)))
        {
            var command = Read(folder + "/cmdline");
            var ours = command.Contains(state, StringComparison.Ordinal) || command.Contains("/app/Tandem.Ingress.dll", StringComparison.Ordinal)
                || command.Contains("/app/Tandem.ClusterDns.dll", StringComparison.Ordinal);
            if (ours)
                total += Read(folder + "/smaps_rollup").Split('\n').Where(l => l.StartsWith("Pss:", StringComparison.Ordinal)).Select(l => long.Parse(l.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], System.Globalization.CultureInfo.InvariantCulture)).Sum();
        }

        return total / 1024;
    }

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has ended.
            return "";
        }
    }
}
