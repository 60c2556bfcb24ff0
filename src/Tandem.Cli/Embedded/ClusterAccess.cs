using Tandem.Cli.Commands;
using Tandem.Host;
using Tandem.Platform.Clusters;
using Tandem.Platform.Spec;

namespace Tandem.Cli.Embedded;

/// <summary>How to reach a platform's clusters: by the kubeconfigs of the platform file, or by those that embedded clusters have written.</summary>
internal static class ClusterAccess
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(200);

    /// <summary>Both, the hot one first.</summary>
    /// <exception cref="UsageException">Root is needed.</exception>
    /// <exception cref="NotRunningException">An embedded cluster has not been started.</exception>
    public static IReadOnlyList<Cluster> Open(PlatformSpec spec, StateFolder state)
    {
        foreach (var cluster in spec.Clusters.Where(c => c.IsEmbedded))
        {
            if (!Environment.IsPrivilegedProcess)
                throw new UsageException("the state of embedded clusters belongs to root: sudo tandem …");
            if (!File.Exists(state.Kubeconfig(cluster.Name)))
                throw new NotRunningException($"platform {spec.Name} is not running; start it with: tandem up");
        }

        return [.. spec.Clusters.Select(c => Cluster.Open(c.Name, c.Kubeconfig ?? state.Kubeconfig(c.Name), c.Context))];
    }

    /// <summary>The same, once embedded clusters have written their kubeconfigs.</summary>
    public static async Task<IReadOnlyList<Cluster>> WhenStartedAsync(PlatformSpec spec, StateFolder state, CancellationToken cancellationToken)
    {
        while (spec.Clusters.Any(c => c.IsEmbedded && !File.Exists(state.Kubeconfig(c.Name))))
            await Task.Delay(Poll, TimeProvider.System, cancellationToken);
        return Open(spec, state);
    }
}
