using System.Text.Json;
using k8s.Models;
using Tandem.Client;
using Tandem.Platform.Clusters;
using Tandem.Platform.Parity.Live;
using Tandem.Platform.Releases;

namespace Tandem.Platform.Parity.Watching;

/// <summary>
/// One cluster, kept in sight: its objects by watches, its ingress by asking, and whether it is there at all by asking too, since a
/// watch over a dead line says nothing. When it comes back all is listed anew.
/// </summary>
/// <param name="cluster">The cluster.</param>
/// <param name="platform">The platform's name.</param>
/// <param name="reader">The same for both clusters.</param>
/// <param name="events">Told what has changed.</param>
/// <param name="time">The clock.</param>
internal sealed class ClusterWatch(Cluster cluster, string platform, LiveReader reader, ParityEvents events, TimeProvider time)
{
    private readonly ClusterObjects _members = new();
    private readonly ClusterObjects _others = new();
    private readonly ClusterObjects _records = new();
    private volatile bool _away;
    private volatile ClusterSession? _session;

    /// <summary>The cluster.</summary>
    public Cluster Cluster => cluster;

    /// <summary>The platform's set.</summary>
    public ApplySet Set { get; } = new(platform);

    /// <summary>Its record of releases.</summary>
    public ReleaseStore Store { get; } = new(cluster, platform);

    /// <summary>What is known of it; null while it is away.</summary>
    public ClusterSession? Session => _session;

    /// <summary>Runs until cancelled.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => new Heartbeat(cluster, time).RunAsync(
        async stop =>
        {
            var session = new ClusterSession(cluster, Source, new WatchedSource("records of releases", Records, _records, events.ReleaseChanged, time), events, time);
            (_session, _away) = (session, false);
            events.ReleaseChanged();
            await session.RunAsync(stop);
            _session = null;
        },
        () =>
        {
            _away = true;
            events.Changed();
        },
        cancellationToken);

    /// <summary>How it is at this moment.</summary>
    public ClusterView View()
    {
        if (_session is not { } session)
            return new ClusterView(cluster.Name, _away ? $"{cluster.Server} does not answer" : "it has not answered yet") { IsAway = _away };
        return new ClusterView(cluster.Name, session.Trouble)
        {
            Releases = session.Releases,
            Wanted = session.Wanted,
            NotServed = session.NotServed,
            Ingress = session.Ingress,
            Members = _members.Snapshot(),
            Others = _others.Snapshot(),
        };
    }

    private WatchedSource Source(WatchedName name) => new(
        name.Kind,
        async stop =>
        {
            var resource = await cluster.ResourceAsync(name.ApiVersion, name.Kind, stop);
            var path = (name.Namespace is null ? resource.All : resource.In(name.Namespace)) + (name.Members ? $"?labelSelector={Uri.EscapeDataString(Set.Selector)}" : "");
            return RestSource.Below(cluster.Client, path, value => reader.Read(name.ApiVersion, name.Kind, value));
        },
        name.Members ? _members : _others,
        events.Changed,
        time);

    /// <summary>Tells of every change of the records, without their content, which may be large.</summary>
    private Task<InformerSource<LiveObject>> Records(CancellationToken cancellationToken) => Task.FromResult(RestSource.Below(
        cluster.Client, $"api/v1/namespaces/{ReleaseStore.Namespace}/secrets?labelSelector={Uri.EscapeDataString(Store.AllSelector)}", Record, metadataOnly: true));

    private static LiveObject Record(JsonElement value)
    {
        var metadata = value.GetProperty("metadata");
        var version = metadata.GetProperty("resourceVersion").GetString();
        return new LiveObject
        {
            ApiVersion = "v1",
            Kind = "Secret",
            Metadata = new V1ObjectMeta
            {
                Name = metadata.TryGetProperty("name", out var name) ? name.GetString() : "",
                NamespaceProperty = ReleaseStore.Namespace,
                Uid = metadata.TryGetProperty("uid", out var uid) ? uid.GetString() : "",
                ResourceVersion = version,
            },
            Facts = new LiveFacts { Data = version },
        };
    }
}
