using System.Text.Json.Nodes;
using Tandem.Platform.Releases;

namespace Tandem.Platform.Drills;

/// <summary>A release that cannot work: the current one, with an image that does not exist in its first workload. It must be stopped before it reaches the hot cluster.</summary>
/// <param name="manager">The releases.</param>
/// <param name="options">How releases are made.</param>
public sealed class BadRelease(ReleaseManager manager, ReleaseOptions options)
{
    /// <summary>A name that RFC 2606 keeps from ever existing.</summary>
    private const string Image = "registry.invalid/tandem-drill:bad-release";

    /// <summary>Longer only means to wait longer for what cannot happen.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Deploys it, and sees that it is stopped.</summary>
    /// <exception cref="DrillException">There is no release to spoil; or the bad one was not stopped where it had to be.</exception>
    public async Task InjectAsync(CancellationToken cancellationToken)
    {
        var current = await manager.CurrentAsync(cancellationToken)
            ?? throw new DrillException("there is no release yet that could be spoilt; run: tandem deploy");
        var bad = Spoilt(current) ?? throw new DrillException("the current release has no Deployment, DaemonSet or StatefulSet to spoil");
        try
        {
            await manager.DeployAsync(bad, options with { Timeout = Patience, Reason = "drill bad-release" }, cancellationToken);
        }
        catch (ReleaseFailedException)
        {
            var failed = (await manager.HistoryAsync(cancellationToken)).All[^1];
            if (failed is { Outcome: ReleaseOutcome.Failed } && failed.Clusters.GetValueOrDefault("hot") == ReleaseStage.Untouched)
                return;
            throw new DrillException($"release {failed.Number} was to be stopped at the standby, and was not: hot is {failed.Clusters.GetValueOrDefault("hot")}; see: tandem releases");
        }

        throw new DrillException("a release whose image does not exist went through: nothing waits for the new pods; see: tandem releases, and tandem rollback");
    }

    /// <summary>The same objects with a bad image in the first workload; null where there is none. Pure.</summary>
    internal static ReleaseObjects? Spoilt(ReleaseObjects current)
    {
        var objects = current.Objects.Select(o => o.DeepClone().AsObject()).ToList();
        if (objects.FirstOrDefault(Readiness.IsWorkload)?["spec"]?["template"]?["spec"]?["containers"] is not JsonArray { Count: > 0 } containers)
            return null;
        containers[0]!["image"] = Image;
        return new ReleaseObjects(objects, current.Images);
    }
}
