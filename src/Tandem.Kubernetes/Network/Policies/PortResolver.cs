using System.Globalization;
using k8s.Models;

namespace Tandem.Kubernetes.Network.Policies;

/// <summary>
/// The ports of a rule: numbers, ranges, and names. A name means, in each pod, the port that one of its containers declares
/// under it, and so holds for connections to that pod only.
/// </summary>
internal sealed class PortResolver(IReadOnlyList<PodAddress> pods)
{
    private const int LastPort = 65535;

    public IReadOnlyList<PortSet> Resolve(IEnumerable<V1NetworkPolicyPort> ports)
    {
        var numbers = new SortedDictionary<int, List<(int First, int Last)>>();
        var named = new List<PortSet>();
        foreach (var port in ports)
        {
            if (Protocols.Number(port.Protocol) is not { } protocol)
                continue;
            var text = port.Port?.Value;
            if (string.IsNullOrEmpty(text))
                Add(numbers, protocol, (0, LastPort));
            else if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var first))
                Add(numbers, protocol, (first, Math.Max(first, port.EndPort ?? first)));
            else
                named.AddRange(Named(protocol, text));
        }

        return [.. numbers.Select(p => new PortSet(p.Key, Merge(p.Value))), .. named];
    }

    private IEnumerable<PortSet> Named(int protocol, string name) => pods
        .SelectMany(pod => pod.Ports.Where(p => p.Name == name && p.Protocol == protocol).Select(p => (p.Number, pod.Address)).Distinct())
        .GroupBy(p => p.Number)
        .OrderBy(g => g.Key)
        .Select(g => new PortSet(protocol, [(g.Key, g.Key)], [.. g.Select(p => p.Address)]));

    private static void Add(SortedDictionary<int, List<(int, int)>> all, int protocol, (int, int) range)
    {
        if (!all.TryGetValue(protocol, out var list))
            all[protocol] = list = [];
        list.Add(range);
    }

    private static List<(int First, int Last)> Merge(IEnumerable<(int First, int Last)> ranges)
    {
        var merged = new List<(int First, int Last)>();
        foreach (var range in ranges.Order())
        {
            if (merged.Count > 0 && range.First <= merged[^1].Last + 1)
                merged[^1] = (merged[^1].First, Math.Max(merged[^1].Last, range.Last));
            else
                merged.Add(range);
        }

        return merged;
    }
}
