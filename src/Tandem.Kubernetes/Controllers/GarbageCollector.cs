using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using k8s.Models;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tandem.Client;
using Tandem.Kubernetes.Controllers.Quotas;

namespace Tandem.Kubernetes.Controllers;

/// <summary>
/// Deletes what its owners have left behind, and holds an owner that is deleted in the foreground until its dependents
/// are gone. It watches the metadata of every kind that discovery tells of. See
/// https://kubernetes.io/docs/concepts/architecture/garbage-collection/.
/// </summary>
internal sealed class GarbageCollector(k8s.Kubernetes client, DeletionFeed deletions, TimeProvider time, ILogger<GarbageCollector> log) : BackgroundService
{
    private const string Foreground = "foregroundDeletion";
    private const string Orphan = "orphan";

    private static readonly TimeSpan Resync = TimeSpan.FromMinutes(1);

    /// <summary>How soon a new kind is cared for.</summary>
    private static readonly TimeSpan Rediscovery = TimeSpan.FromSeconds(10);

    private readonly WorkQueue _queue = new(time);
    private readonly ConcurrentDictionary<string, WatchedKind> _kinds = new();

    /// <summary>The queue's key of each object that was seen, by UID.</summary>
    private readonly ConcurrentDictionary<string, string> _byUid = new();

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (!await DiscoverAsync(stoppingToken))
                await Task.Delay(Rediscovery, time, stoppingToken);
            await Task.WhenAll(_kinds.Values.Select(k => k.Informer.Synced)).WaitAsync(stoppingToken);
            await Task.WhenAll(ResyncAsync(stoppingToken), WorkAsync(stoppingToken), RediscoverAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }

        await Task.WhenAll(_kinds.Values.Select(k => k.Running));
    }

    private async Task RediscoverAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Rediscovery, time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
            await DiscoverAsync(cancellationToken);
    }

    /// <summary>Begins to watch kinds that are new, and stops watching those that are gone.</summary>
    /// <returns>Whether discovery answered.</returns>
    private async Task<bool> DiscoverAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<ApiKind> kinds;
        try
        {
            kinds = await ApiKinds.DiscoverAsync(client, cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            log.ReconcileFailed(nameof(GarbageCollector), "discovery", e);
            return false;
        }

        var wanted = kinds.Where(k => k.IsManaged && k.Kind != "Event").ToDictionary(k => k.CollectionPath("").Replace('/', '|'));
        foreach (var (id, kind) in wanted.Where(w => !_kinds.ContainsKey(w.Key)))
        {
            var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var informer = new Informer<PartialObjectMetadata>(
                RestSource.Metadata(client, kind.CollectionPath("")), c => Changed(id, c), time, m => log.LogInformation("{Message}", m));
            _kinds[id] = new WatchedKind(kind, informer, stop, informer.RunAsync(stop.Token));
        }

        foreach (var id in _kinds.Keys.Except(wanted.Keys).ToList())
            if (_kinds.TryRemove(id, out var gone))
            {
                await gone.Stop.CancelAsync();
                await gone.Running;
                gone.Stop.Dispose();
            }

        return true;
    }

    private void Changed(string kind, InformerEvent<PartialObjectMetadata> change)
    {
        var value = (change.New ?? change.Old)!;
        var key = KeyOf(kind, value);
        if (change.New is not null)
        {
            _byUid[value.Metadata.Uid] = key;
            if (value.Metadata.OwnerReferences?.Count > 0 || IsHeld(value))
                _queue.Add(key);
            return;
        }

        _byUid.TryRemove(value.Metadata.Uid, out _);
        if (value.Metadata.NamespaceProperty is { Length: > 0 } @namespace)
            deletions.Publish(@namespace);
        foreach (var (of, dependent) in Dependents(value.Metadata.Uid))
            _queue.Add(KeyOf(of, dependent));
        foreach (var owner in value.Metadata.OwnerReferences ?? [])
            if (_byUid.TryGetValue(owner.Uid, out var at))
                _queue.Add(at);
    }

    private static string KeyOf(string kind, PartialObjectMetadata value) => $"{kind}/{value.Metadata.NamespaceProperty}/{value.Metadata.Name}";

    private async Task ResyncAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Resync, time);
        do
        {
            foreach (var (id, kind) in _kinds)
                foreach (var value in kind.Informer.Cache.Values.Where(v => v.Metadata.OwnerReferences?.Count > 0 || IsHeld(v)))
                    _queue.Add(KeyOf(id, value));
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    private async Task WorkAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var key = await _queue.TakeAsync(cancellationToken);
            var failed = false;
            try
            {
                var parts = key.Split('/');
                if (_kinds.TryGetValue(parts[0], out var kind))
                    await CollectAsync(kind, parts[1], parts[2], cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                throw;
            }
            catch (Exception e)
            {
                failed = true;
                log.ReconcileFailed(nameof(GarbageCollector), key, e);
            }

            _queue.Done(key, failed);
        }
    }

    private async Task CollectAsync(WatchedKind kind, string @namespace, string name, CancellationToken cancellationToken)
    {
        if (!kind.Informer.Cache.TryGetValue(@namespace.Length > 0 ? $"{@namespace}/{name}" : name, out var value))
            return;
        if (value.Metadata.DeletionTimestamp is not null && IsHeld(value))
        {
            await ReleaseAsync(kind.Kind, value, cancellationToken);
            return;
        }

        if (value.Metadata.DeletionTimestamp is not null || value.Metadata.OwnerReferences is not { Count: > 0 } owners)
            return;
        var alive = false;
        foreach (var owner in owners)
            alive |= await ExistsAsync(owner, @namespace, cancellationToken);
        if (alive)
            return;
        var body = new JsonObject { ["propagationPolicy"] = "Background", ["preconditions"] = new JsonObject { ["uid"] = value.Metadata.Uid } };
        await SendAsync(HttpMethod.Delete, kind.Kind.PathOf(@namespace, name), body, "application/json", cancellationToken);
    }

    /// <summary>An owner in deletion: its dependents are deleted or orphaned first.</summary>
    private async Task ReleaseAsync(ApiKind kind, PartialObjectMetadata owner, CancellationToken cancellationToken)
    {
        var orphan = owner.Metadata.Finalizers.Contains(Orphan);
        var dependents = Dependents(owner.Metadata.Uid).ToList();
        foreach (var (of, dependent) in dependents)
        {
            if (!_kinds.TryGetValue(of, out var its))
                continue;
            var path = its.Kind.PathOf(dependent.Metadata.NamespaceProperty ?? "", dependent.Metadata.Name);
            if (orphan)
            {
                var rest = dependent.Metadata.OwnerReferences.Where(o => o.Uid != owner.Metadata.Uid).ToList();
                var patch = new JsonObject
                {
                    ["metadata"] = new JsonObject { ["uid"] = dependent.Metadata.Uid, ["ownerReferences"] = JsonNode.Parse(k8s.KubernetesJson.Serialize(rest)) },
                };
                await SendAsync(HttpMethod.Patch, path, patch, "application/merge-patch+json", cancellationToken);
            }
            else if (dependent.Metadata.DeletionTimestamp is null)
            {
                var body = new JsonObject { ["propagationPolicy"] = "Foreground", ["preconditions"] = new JsonObject { ["uid"] = dependent.Metadata.Uid } };
                await SendAsync(HttpMethod.Delete, path, body, "application/json", cancellationToken);
            }
        }

        // Dependents that still go keep their owner; each one's end brings us back here.
        if (!orphan && dependents.Any(d => d.Value.Metadata.OwnerReferences.Any(o => o.Uid == owner.Metadata.Uid && o.BlockOwnerDeletion == true)))
            return;
        var finalizers = owner.Metadata.Finalizers.Where(f => f is not (Foreground or Orphan)).Select(f => (JsonNode)f).ToArray();
        var release = new JsonObject
        {
            ["metadata"] = new JsonObject { ["resourceVersion"] = owner.Metadata.ResourceVersion, ["finalizers"] = new JsonArray(finalizers) },
        };
        await SendAsync(HttpMethod.Patch, kind.PathOf(owner.Metadata.NamespaceProperty ?? "", owner.Metadata.Name), release, "application/merge-patch+json", cancellationToken);
    }

    private IEnumerable<(string Kind, PartialObjectMetadata Value)> Dependents(string uid) =>
        from kind in _kinds
        from value in kind.Value.Informer.Cache.Values
        where value.Metadata.OwnerReferences?.Any(o => o.Uid == uid) == true
        select (kind.Key, value);

    /// <summary>Asks the API itself: a cache that lags must not cost anybody an object.</summary>
    private async Task<bool> ExistsAsync(V1OwnerReference owner, string @namespace, CancellationToken cancellationToken)
    {
        // An owner of a kind that is not served, or not yet known here, may be there: nothing is deleted on a guess.
        var kind = _kinds.Values.Select(k => k.Kind).FirstOrDefault(k => k.Kind == owner.Kind && k.ApiVersions.Contains(owner.ApiVersion));
        if (kind is null)
            return true;
        using var answer = await client.HttpClient.GetAsync(new Uri(client.BaseUri, kind.PathOf(@namespace, owner.Name)), cancellationToken);
        if (answer.StatusCode == HttpStatusCode.NotFound)
            return false;
        answer.EnsureSuccessStatusCode();
        var found = await answer.Content.ReadFromJsonAsync<JsonObject>(cancellationToken);
        return found.Text("metadata", "uid") == owner.Uid;
    }

    private async Task SendAsync(HttpMethod method, string path, JsonObject body, string type, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(client.BaseUri, path))
        {
            Content = new StringContent(body.ToJsonString(), new System.Net.Http.Headers.MediaTypeHeaderValue(type)),
        };
        using var answer = await client.HttpClient.SendAsync(request, cancellationToken);

        // Gone already, or changed since: the next event brings it back where it is still due.
        if (answer.StatusCode is not (HttpStatusCode.NotFound or HttpStatusCode.Conflict))
            answer.EnsureSuccessStatusCode();
    }

    private static bool IsHeld(PartialObjectMetadata value) => value.Metadata.Finalizers?.Any(f => f is Foreground or Orphan) == true;

    private sealed record WatchedKind(ApiKind Kind, Informer<PartialObjectMetadata> Informer, CancellationTokenSource Stop, Task Running);
}
