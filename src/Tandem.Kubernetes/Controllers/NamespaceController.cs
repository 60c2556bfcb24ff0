using System.Net.Http.Json;
using System.Text.Json.Nodes;
using k8s;
using Microsoft.Extensions.Logging;

namespace Tandem.Kubernetes.Controllers;

/// <summary>Empties a namespace that is being deleted, of every kind there is, and then lets it go.</summary>
internal sealed class NamespaceController : Controller
{
    private static readonly TimeSpan Recheck = TimeSpan.FromMilliseconds(500);

    private readonly k8s.Kubernetes _client;

    public NamespaceController(k8s.Kubernetes client, SharedInformers informers, TimeProvider time, ILogger<NamespaceController> log)
        : base(informers, time, log)
    {
        _client = client;
        informers.Namespaces.Changed += c =>
        {
            if (c.New?.Metadata.DeletionTimestamp is not null)
                Enqueue("", c.New.Metadata.Name);
        };
    }

    protected override void EnqueueAll()
    {
        foreach (var @namespace in Informers.Namespaces.All.Where(n => n.Metadata.DeletionTimestamp is not null))
            Enqueue("", @namespace.Metadata.Name);
    }

    protected override async Task ReconcileAsync(string @namespace, string name, CancellationToken cancellationToken)
    {
        var live = await FindAsync(() => _client.CoreV1.ReadNamespaceAsync(name, cancellationToken: cancellationToken));
        if (live?.Metadata.DeletionTimestamp is null)
            return;
        var left = 0;
        foreach (var kind in (await ApiKinds.DiscoverAsync(_client, cancellationToken)).Where(k => k.IsNamespaced && k.IsManaged))
        {
            var path = new Uri(_client.BaseUri, kind.CollectionPath(name));
            var list = await _client.HttpClient.GetFromJsonAsync<JsonObject>(path, cancellationToken);
            var count = list.Items("items").Count();
            if (count == 0)
                continue;
            left += count;
            using var answer = await _client.HttpClient.DeleteAsync(path, cancellationToken);
            answer.EnsureSuccessStatusCode();
        }

        if (left > 0)
        {
            Queue.AddAfter($"/{name}", Recheck);
            return;
        }

        live.Spec.Finalizers = [.. (live.Spec.Finalizers ?? []).Where(f => f != "kubernetes")];
        live.ApiVersion = "v1";
        live.Kind = "Namespace";
        using var done = await _client.HttpClient.PutAsync(
            new Uri(_client.BaseUri, $"api/v1/namespaces/{name}/finalize"),
            new StringContent(KubernetesJson.Serialize(live), new System.Net.Http.Headers.MediaTypeHeaderValue("application/json")),
            cancellationToken);
        if (done.StatusCode != System.Net.HttpStatusCode.Conflict)
            done.EnsureSuccessStatusCode();
        else
            Enqueue("", name);
    }
}
