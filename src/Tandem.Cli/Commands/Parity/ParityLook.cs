using Tandem.Platform.Clusters;
using Tandem.Platform.Parity;
using Tandem.Platform.Parity.Watching;
using Tandem.Platform.Spec;

namespace Tandem.Cli.Commands.Parity;

/// <summary>A verdict of this moment, for commands that need one and cannot rely on an agent.</summary>
internal static class ParityLook
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <param name="spec">The platform.</param>
    /// <param name="clusters">Both clusters, the hot one first.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<Verdict> JudgeAsync(PlatformSpec spec, IReadOnlyList<Cluster> clusters, CancellationToken cancellationToken)
    {
        var view = await ParityOnce.LookAsync(new ParityWatch(clusters[0], clusters[1], spec.Name, TimeProvider.System), Patience, TimeProvider.System, cancellationToken);
        return await new DriftFields(clusters, spec.Name).AddAsync(new FindingTracker().Track(ParityCheck.Judge(view)), view.History.Current, cancellationToken);
    }
}
