using System.Globalization;

namespace Tandem.Kubernetes.Controllers.Jobs;

/// <summary>Sets of completion indexes as a Job's status writes them: <c>0,2-4,7</c>.</summary>
internal static class JobIndexes
{
    /// <param name="text">The ranges; null for none.</param>
    /// <param name="completions">Indexes from here on are left out: the Job may have become smaller.</param>
    public static SortedSet<int> Parse(string? text, int completions)
    {
        var indexes = new SortedSet<int>();
        foreach (var range in (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var ends = range.Split('-');
            var (first, last) = (int.Parse(ends[0], CultureInfo.InvariantCulture), int.Parse(ends[^1], CultureInfo.InvariantCulture));
            for (var i = first; i <= Math.Min(last, completions - 1); i++)
                indexes.Add(i);
        }

        return indexes;
    }

    /// <returns>The ranges, or null for none.</returns>
    public static string? Format(SortedSet<int> indexes)
    {
        var ranges = new List<(int First, int Last)>();
        foreach (var index in indexes)
            if (ranges.Count > 0 && ranges[^1].Last == index - 1)
                ranges[^1] = (ranges[^1].First, index);
            else
                ranges.Add((index, index));
        return ranges.Count == 0 ? null : string.Join(',', ranges.Select(r => string.Create(
            CultureInfo.InvariantCulture, $"{r.First}{(r.Last == r.First ? "" : r.Last == r.First + 1 ? $",{r.Last}" : $"-{r.Last}")}")));
    }
}
