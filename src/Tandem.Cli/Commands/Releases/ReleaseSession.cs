using System.Text.Json.Nodes;
using Tandem.Cli.Embedded;
using Tandem.Cli.Output;
using Tandem.Cloudflare;
using Tandem.Host;
using Tandem.Platform.Clusters;
using Tandem.Platform.Failover;
using Tandem.Platform.Releases;
using Tandem.Platform.Spec;

namespace Tandem.Cli.Commands.Releases;

/// <summary>Both clusters of a platform, opened for the commands that deal with releases.</summary>
internal sealed class ReleaseSession : IDisposable
{
    /// <summary>A release does not wait long for the load balancer: it may be what the release is to mend.</summary>
    private static readonly TimeSpan BalancerPatience = TimeSpan.FromSeconds(2);

    private readonly PlatformSpec _spec;
    private readonly StateFolder _state;

    private ReleaseSession(PlatformSpec spec, StateFolder state, IReadOnlyList<Cluster> clusters, string serving, Progress progress)
    {
        (_spec, _state, Clusters) = (spec, state, clusters);
        Manager = new ReleaseManager(
            [.. clusters.OrderBy(c => c.Name == serving).Select(c => new ReleaseSite(c, spec.Name, text => progress.Say($"{c.Name}: {text}"), TimeProvider.System))],
            spec.Name,
            progress.Say,
            TimeProvider.System);
    }

    /// <summary>The hot cluster first.</summary>
    public IReadOnlyList<Cluster> Clusters { get; }

    public ReleaseManager Manager { get; }

    /// <exception cref="NotRunningException">An embedded cluster has not been started.</exception>
    public static async Task<ReleaseSession> OpenAsync(PlatformSpec spec, StateFolder state, Progress progress, CancellationToken cancellationToken)
    {
        var clusters = ClusterAccess.Open(spec, state);
        return new ReleaseSession(spec, state, clusters, await ServingAsync(spec, state, progress, cancellationToken), progress);
    }

    /// <summary>The objects with the images that embedded clusters run in place of those in the files.</summary>
    /// <exception cref="UsageException">Such an image has not been built.</exception>
    public ReleaseObjects Content(IReadOnlyList<JsonObject> objects)
    {
        var plan = File.Exists(_state.Plan) ? HostPlan.Read(_state.Plan) : null;
        return new ReleaseObjects(objects, _spec.Clusters.Where(c => c.IsEmbedded).ToDictionary(
            c => c.Name,
            IReadOnlyDictionary<string, string> (_) => _spec.Images.ToDictionary(i => i.Key, i => plan?.Reference(i.Value)
                ?? throw new UsageException($"the image '{i.Value}' has not been built yet: run tandem up"))));
    }

    /// <summary>How releases are made in this session.</summary>
    public async Task<ReleaseOptions> OptionsAsync(IReadOnlyList<JsonObject> objects, CancellationToken cancellationToken) =>
        new(Author.Current)
        {
            Extra = await new Certificates(Clusters, TimeProvider.System).MissingAsync(objects, cancellationToken),
        };

    public void Dispose()
    {
        foreach (var cluster in Clusters)
            cluster.Dispose();
    }

    /// <summary>Who serves now: it is deployed to last. Where nobody can say, it is the hot cluster.</summary>
    private static async Task<string> ServingAsync(PlatformSpec spec, StateFolder state, Progress progress, CancellationToken cancellationToken)
    {
        try
        {
            using var access = LoadBalancerAccess.Open(spec, state);
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(BalancerPatience);
            return (await ServiceHealth.ReadAsync(access.Client, access.AccountId, access.ZoneId, spec, limit.Token)).Serving ?? "hot";
        }
        catch (Exception e) when (e is HttpRequestException or CloudflareException or UsageException or NotRunningException
            || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            progress.Say($"the load balancer cannot be asked who serves ({e.Message}): the hot cluster is taken to");
            return "hot";
        }
    }
}
