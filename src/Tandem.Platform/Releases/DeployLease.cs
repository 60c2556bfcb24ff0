using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Tandem.Platform.Clusters;

namespace Tandem.Platform.Releases;

/// <summary>
/// Says to all others that somebody is changing this cluster's applications: a Lease, renewed while it is held. One that is not
/// renewed any more is taken over after its duration, measured by the taker's own clock, so that clocks need not agree.
/// </summary>
/// <remarks><see href="https://kubernetes.io/docs/concepts/architecture/leases/">Kubernetes: Leases</see>.</remarks>
public sealed class DeployLease : IAsyncDisposable
{
    /// <summary>How long it is respected after it was renewed last.</summary>
    internal static readonly TimeSpan Duration = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Renewal = TimeSpan.FromSeconds(4);

    private readonly Cluster _cluster;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _lost = new();
    private readonly CancellationTokenSource _ended = new();
    private readonly Task _renewing;
    private JsonObject _lease;

    private DeployLease(Cluster cluster, JsonObject lease, TimeProvider time)
    {
        (_cluster, _lease, _time) = (cluster, lease, time);
        _renewing = RenewAsync();
    }

    /// <summary>Cancelled when somebody else may have it: then nothing may be changed any more.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>Which object it is.</summary>
    internal static ObjectReference Reference(string platform) => new("coordination.k8s.io/v1", "Lease", ReleaseStore.Namespace, $"tandem-{platform}");

    /// <summary>Takes it from whoever had it.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="platform">The platform's name.</param>
    /// <param name="holder">Who takes it, unique to this call.</param>
    /// <param name="live">The Lease as it was seen to be free; null where there was none.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Null where another was faster.</returns>
    /// <exception cref="ClusterException">The API refused or cannot be reached.</exception>
    public static async Task<DeployLease?> TakeAsync(
        Cluster cluster, string platform, string holder, JsonObject? live, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            var wanted = Lease(Reference(platform), holder, live, time);
            return new DeployLease(
                cluster, live is null ? await cluster.CreateAsync(wanted, cancellationToken) : await cluster.ReplaceAsync(wanted, cancellationToken), time);
        }
        catch (ClusterException e) when (e.Status == HttpStatusCode.Conflict)
        {
            return null;
        }
    }

    /// <summary>Gives it back. Where that fails, it is over after its duration.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _renewing;
        if (!_lost.IsCancellationRequested)
        {
            try
            {
                await WriteAsync("");
            }
            catch (ClusterException)
            {
                // Unreachable, or another's by now: both end by themselves.
            }
        }

        _lost.Dispose();
        _ended.Dispose();
    }

    private async Task RenewAsync()
    {
        var renewed = _time.GetTimestamp();
        while (!_ended.IsCancellationRequested)
        {
            await Task.Delay(Renewal, _time, _ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_ended.IsCancellationRequested)
                return;
            try
            {
                await WriteAsync((string)_lease["spec"]!["holderIdentity"]!);
                renewed = _time.GetTimestamp();
            }
            catch (ClusterException e)
            {
                if (e.Status != HttpStatusCode.Conflict && _time.GetElapsedTime(renewed) < Duration - Renewal)
                    continue;
                await _lost.CancelAsync();
                return;
            }
        }
    }

    private async Task WriteAsync(string holder)
    {
        var lease = _lease.DeepClone().AsObject();
        lease["spec"]!["holderIdentity"] = holder;
        lease["spec"]!["renewTime"] = Now(_time);
        _lease = await _cluster.ReplaceAsync(lease, CancellationToken.None);
    }

    private static JsonObject Lease(ObjectReference reference, string holder, JsonObject? live, TimeProvider time) => new()
    {
        ["apiVersion"] = reference.ApiVersion,
        ["kind"] = reference.Kind,
        ["metadata"] = new JsonObject
        {
            ["name"] = reference.Name, ["namespace"] = reference.Namespace, ["resourceVersion"] = (string?)live?["metadata"]?["resourceVersion"],
        },
        ["spec"] = new JsonObject
        {
            ["holderIdentity"] = holder,
            ["leaseDurationSeconds"] = (int)Duration.TotalSeconds,
            ["acquireTime"] = Now(time),
            ["renewTime"] = Now(time),
        },
    };

    /// <summary>A MicroTime of the Kubernetes API.</summary>
    private static string Now(TimeProvider time) => time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}

/// <summary>Another deployment is under way.</summary>
public sealed class DeployBusyException(string message) : Exception(message);
