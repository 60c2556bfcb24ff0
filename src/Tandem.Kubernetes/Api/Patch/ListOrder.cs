namespace Tandem.Kubernetes.Api.Patch;

/// <summary>Orders a merged list: what the patch names in the patch's order, the rest where it stood.</summary>
internal static class ListOrder
{
    /// <param name="live">The keys of the live list, in order.</param>
    /// <param name="wanted">The keys that the patch orders; some of them may be new.</param>
    public static List<string> Merge(IReadOnlyList<string> live, IReadOnlyList<string> wanted)
    {
        var position = new Dictionary<string, int>();
        foreach (var (index, key) in live.Index())
            position.TryAdd(key, index);
        var named = new HashSet<string>(wanted);
        var rest = live.Where(k => !named.Contains(k)).ToList();

        var result = new List<string>();
        var next = 0;
        foreach (var key in wanted.Distinct())
        {
            // A key that is new goes first; one that stood there keeps its place among those the patch does not name.
            if (position.TryGetValue(key, out var at))
                while (next < rest.Count && position[rest[next]] < at)
                    result.Add(rest[next++]);
            result.Add(key);
        }

        result.AddRange(rest.Skip(next));
        return result;
    }
}
