using Tandem.Cli.Output;
using Tandem.Platform.Releases;

namespace Tandem.Cli.Commands.Releases;

/// <summary>How a release ended, for people and for programs.</summary>
internal static class ReleaseReport
{
    public static void Print(Release? release, Progress progress, bool json)
    {
        if (json)
            Json.Print(new { changed = release is not null, release });
        if (release is null)
            progress.Done("both clusters are so already");
        else if (release.Clusters.Where(c => c.Value == ReleaseStage.Missing).Select(c => c.Key).ToList() is { Count: > 0 } missing)
            progress.Done($"release {release.Number} works; {string.Join(" and ", missing)} was away: run tandem sync when it is back");
        else
            progress.Done($"release {release.Number} works in both clusters");
    }
}
