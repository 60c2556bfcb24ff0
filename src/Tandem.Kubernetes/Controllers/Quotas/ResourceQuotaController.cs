using System.Net.Http.Json;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;
using Tandem.Kubernetes.Quotas;

namespace Tandem.Kubernetes.Controllers.Quotas;

/// <summary>
/// Counts anew what the namespace of a ResourceQuota uses: for a new quota, after deletions, and now and then. Admission
/// only ever adds.
/// </summary>
internal sealed class ResourceQuotaController : Controller
{
    private readonly k8s.Kubernetes _client;

    public ResourceQuotaController(k8s.Kubernetes client, SharedInformers informers, DeletionFeed deletions, TimeProvider time, ILogger<ResourceQuotaController> log)
        : base(informers, time, log)
    {
        _client = client;
        informers.ResourceQuotas.Changed += c =>
        {
            if (c.New is { } quota && (c.Old is null || KubernetesJson.Serialize(c.Old.Spec) != KubernetesJson.Serialize(quota.Spec)))
                Enqueue(quota.Metadata.NamespaceProperty, quota.Metadata.Name);
        };
        informers.Pods.Changed += c =>
        {
            if (c is { New: { } pod, Old: { } old } && old.Status?.Phase != pod.Status?.Phase && pod.Status?.Phase is "Succeeded" or "Failed")
                EnqueueIn(c.New.Metadata.NamespaceProperty);
        };
        informers.Services.Changed += c =>
        {
            if (c is { New: { } service, Old: not null })
                EnqueueIn(service.Metadata.NamespaceProperty);
        };
        deletions.Deleted += EnqueueIn;
    }

    protected override void EnqueueAll()
    {
        foreach (var quota in Informers.ResourceQuotas.All)
            Enqueue(quota.Metadata.NamespaceProperty, quota.Metadata.Name);
    }

    protected override async Task ReconcileAsync(string @namespace, string name, CancellationToken cancellationToken)
    {
        var quota = await FindAsync(() => _client.CoreV1.ReadNamespacedResourceQuotaAsync(name, @namespace, cancellationToken: cancellationToken));
        if (quota is null)
            return;
        var value = JsonNode.Parse(KubernetesJson.Serialize(quota))!.AsObject();
        var hard = Usage.Read(value.Child("spec", "hard"));
        var used = await CountAsync(value, @namespace, [.. hard.Keys], cancellationToken);
        var status = new JsonObject { ["hard"] = hard.ToJson(), ["used"] = used.ToJson() };
        if (JsonNode.DeepEquals(status, value["status"]))
            return;
        quota.Status = KubernetesJson.Deserialize<V1ResourceQuotaStatus>(status.ToJsonString());
        await _client.CoreV1.ReplaceNamespacedResourceQuotaStatusAsync(quota, name, @namespace, cancellationToken: cancellationToken);
    }

    private async Task<Usage> CountAsync(JsonObject quota, string @namespace, IReadOnlyList<string> hard, CancellationToken cancellationToken)
    {
        var used = new Usage();
        var now = Time.GetUtcNow();
        foreach (var kind in await ApiKinds.DiscoverAsync(_client, cancellationToken))
        {
            var tracked = hard.Where(h => ObjectUsage.Tracks(kind.Group, kind.Plural, h)).ToHashSet();
            if (tracked.Count == 0 || !kind.IsNamespaced)
                continue;
            foreach (var name in tracked)
                used.TryAdd(name, default);
            var list = await _client.HttpClient.GetFromJsonAsync<JsonObject>(new Uri(_client.BaseUri, kind.CollectionPath(@namespace)), cancellationToken);
            foreach (var item in list.Items("items").Where(i => QuotaScopes.Contain(quota, kind.Group, kind.Plural, i)))
                used.Add(ObjectUsage.Of(kind.Group, kind.Plural, item, now).Only(tracked.Contains));
        }

        return used;
    }

    private void EnqueueIn(string? @namespace)
    {
        foreach (var quota in Informers.ResourceQuotas.All.Where(q => q.Metadata.NamespaceProperty == @namespace))
            Enqueue(@namespace, quota.Metadata.Name);
    }
}
