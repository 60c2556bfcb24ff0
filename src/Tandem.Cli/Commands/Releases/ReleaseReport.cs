using Tandem.Cli.Commands.Parity;
using Tandem.Cli.Output;
using Tandem.Platform.Clusters;
using Tandem.Platform.Releases;
using Tandem.Platform.Spec;

namespace Tandem.Cli.Commands.Releases;

/// <summary>How a release ended, for people and for programs.</summary>
internal static class ReleaseReport
{
    public static async Task PrintAsync(
        Release? release, PlatformSpec spec, IReadOnlyList<Cluster> clusters, Progress progress, bool json, CancellationToken cancellationToken)
    {
        // A release that changed nothing says nothing new of the standby, and is to be quick.
        var readiness = release is null ? null : ParityReport.Of(await ParityLook.JudgeAsync(spec, clusters, cancellationToken), TimeProvider.System);
        if (json)
            Json.Print(new { changed = release is not null, release, readiness });
        if (release is null)
            progress.Done("both clusters are so already");
        else if (release.Clusters.Where(c => c.Value == ReleaseStage.Missing).Select(c => c.Key).ToList() is { Count: > 0 } missing)
            progress.Done($"release {release.Number} works; {string.Join(" and ", missing)} was away: run tandem sync when it is back");
        else
            progress.Done($"release {release.Number} works in both clusters");
        if (readiness is not null)
            progress.Say($"the standby is {(readiness.Ready ? "" : "not ")}ready to take over: {readiness.Because}");
    }
}
