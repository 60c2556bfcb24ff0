using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using k8s.Models;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tandem.Client;
using Tandem.Kubernetes.Resources;

namespace Tandem.Kubernetes.Controllers;

/// <summary>
/// Deletes what its owners have left behind, and holds an owner that is deleted in the foreground until its dependents
/// are gone. It watches the metadata of every kind. See
/// https://kubernetes.io/docs/concepts/architecture/garbage-collection/.
/// </summary>
internal sealed class GarbageCollector(k8s.Kubernetes client, TimeProvider time, ILogger<GarbageCollector> log) : BackgroundService
{
    private const string Foreground = "foregroundDeletion";
    private const string Orphan = "orphan";

    private static readonly TimeSpan Resync = TimeSpan.FromMinutes(1);

    private readonly WorkQueue _queue = new(time);
    private readonly Dictionary<string, Informer<PartialObjectMetadata>> _informers = [];

    /// <summary>Where an object with a UID was last seen.</summary>
    private readonly ConcurrentDictionary<string, (string Plural, string Key)> _byUid = new();

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        foreach (var resource in ResourceCatalog.All.Where(r => r.Kind != "Event"))
            _informers[resource.Plural] = new Informer<PartialObjectMetadata>(
                RestSource.Metadata(client, $"{resource.GroupVersionPath[1..]}/{resource.Plural}"), c => Changed(resource, c), time, m => log.LogInformation("{Message}", m));
        var running = _informers.Values.Select(i => i.RunAsync(stoppingToken)).ToList();
        try
        {
            await Task.WhenAll(_informers.Values.Select(i => i.Synced)).WaitAsync(stoppingToken);
            await Task.WhenAll([ResyncAsync(stoppingToken), WorkAsync(stoppingToken), .. running]);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    private void Changed(Resource resource, InformerEvent<PartialObjectMetadata> change)
    {
        var value = (change.New ?? change.Old)!;
        var key = $"{value.Metadata.NamespaceProperty}/{value.Metadata.Name}";
        if (change.New is not null)
        {
            _byUid[value.Metadata.Uid] = (resource.Plural, key);
            if (value.Metadata.OwnerReferences?.Count > 0 || IsHeld(value))
                _queue.Add($"{resource.Plural}/{key}");
            return;
        }

        _byUid.TryRemove(value.Metadata.Uid, out _);
        foreach (var (plural, dependent) in Dependents(value.Metadata.Uid))
            _queue.Add($"{plural}/{dependent.Metadata.NamespaceProperty}/{dependent.Metadata.Name}");
        foreach (var owner in value.Metadata.OwnerReferences ?? [])
            if (_byUid.TryGetValue(owner.Uid, out var at))
                _queue.Add($"{at.Plural}/{at.Key}");
    }

    private async Task ResyncAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Resync, time);
        do
        {
            foreach (var (plural, informer) in _informers)
                foreach (var value in informer.Cache.Values.Where(v => v.Metadata.OwnerReferences?.Count > 0 || IsHeld(v)))
                    _queue.Add($"{plural}/{value.Metadata.NamespaceProperty}/{value.Metadata.Name}");
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
                await CollectAsync(ResourceCatalog.ByPlural(parts[0]), parts[1], parts[2], cancellationToken);
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

    private async Task CollectAsync(Resource resource, string @namespace, string name, CancellationToken cancellationToken)
    {
        if (!_informers[resource.Plural].Cache.TryGetValue(@namespace.Length > 0 ? $"{@namespace}/{name}" : name, out var value))
            return;
        if (value.Metadata.DeletionTimestamp is not null && IsHeld(value))
        {
            await ReleaseAsync(resource, value, cancellationToken);
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
        await SendAsync(HttpMethod.Delete, PathOf(resource, @namespace, name), body, "application/json", cancellationToken);
    }

    /// <summary>An owner in deletion: its dependents are deleted or orphaned first.</summary>
    private async Task ReleaseAsync(Resource resource, PartialObjectMetadata owner, CancellationToken cancellationToken)
    {
        var orphan = owner.Metadata.Finalizers.Contains(Orphan);
        var dependents = Dependents(owner.Metadata.Uid).ToList();
        foreach (var (plural, dependent) in dependents)
        {
            var kind = ResourceCatalog.ByPlural(plural);
            var path = PathOf(kind, dependent.Metadata.NamespaceProperty ?? "", dependent.Metadata.Name);
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
        await SendAsync(HttpMethod.Patch, PathOf(resource, owner.Metadata.NamespaceProperty ?? "", owner.Metadata.Name), release, "application/merge-patch+json", cancellationToken);
    }

    private IEnumerable<(string Plural, PartialObjectMetadata Value)> Dependents(string uid) =>
        from informer in _informers
        from value in informer.Value.Cache.Values
        where value.Metadata.OwnerReferences?.Any(o => o.Uid == uid) == true
        select (informer.Key, value);

    /// <summary>Asks the API itself: a cache that lags must not cost anybody an object.</summary>
    private async Task<bool> ExistsAsync(V1OwnerReference owner, string @namespace, CancellationToken cancellationToken)
    {
        var resource = ResourceCatalog.All.FirstOrDefault(r => r.Kind == owner.Kind && r.ApiVersion == owner.ApiVersion);
        if (resource is null)
            return true;
        using var answer = await client.HttpClient.GetAsync(new Uri(client.BaseUri, PathOf(resource, resource.IsNamespaced ? @namespace : "", owner.Name)), cancellationToken);
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

    private static string PathOf(Resource resource, string @namespace, string name) => @namespace.Length > 0
        ? $"{resource.GroupVersionPath[1..]}/namespaces/{@namespace}/{resource.Plural}/{name}"
        : $"{resource.GroupVersionPath[1..]}/{resource.Plural}/{name}";
}
