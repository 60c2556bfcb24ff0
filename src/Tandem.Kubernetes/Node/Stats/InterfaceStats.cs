using System.Globalization;

namespace Tandem.Kubernetes.Node.Stats;

/// <summary>The counters of a network interface.</summary>
internal sealed record InterfaceStats(string Name, long RxBytes, long RxPackets, long RxErrors, long RxDropped, long TxBytes, long TxPackets, long TxErrors, long TxDropped)
{
    private const int Headings = 2;

    /// <summary>Reads /proc/net/dev, the loopback left out. See proc_pid_net(5).</summary>
    public static IReadOnlyList<InterfaceStats> Parse(IEnumerable<string> lines) =>
        [.. lines.Skip(Headings).Select(l => l.Split(':', 2)).Where(p => p[0].Trim() != "lo").Select(p => One(p[0].Trim(), p[1]))];

    private static InterfaceStats One(string name, string counters)
    {
        var c = counters.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(n => long.Parse(n, CultureInfo.InvariantCulture)).ToArray();
        return new InterfaceStats(name, c[0], c[1], c[2], c[3], c[8], c[9], c[10], c[11]);
    }
}
