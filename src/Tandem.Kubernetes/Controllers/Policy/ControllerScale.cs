using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using k8s.Models;

namespace Tandem.Kubernetes.Controllers.Policy;

/// <summary>Asks the controllers of pods how many pods they want, each through its scale subresource.</summary>
internal sealed class ControllerScale(k8s.Kubernetes client)
{
    /// <summary>The sum over all controllers. Pods without one count nothing.</summary>
    /// <exception cref="UnknownScaleException">A controller is gone or has no scale.</exception>
    public async Task<int> SumAsync(IEnumerable<V1Pod> pods, CancellationToken cancellationToken)
    {
        var kinds = await ApiKinds.DiscoverAsync(client, cancellationToken);
        var scales = new Dictionary<string, int>();
        foreach (var pod in pods)
        {
            if (pod.Metadata.Controller() is not { } owner || scales.ContainsKey(owner.Uid))
                continue;
            var top = await TopAsync(kinds, pod, owner, cancellationToken);
            if (!scales.ContainsKey(top.Uid))
                scales[top.Uid] = await ScaleAsync(kinds, pod, top, cancellationToken);

            // A ReplicaSet of a Deployment is counted with it.
            scales.TryAdd(owner.Uid, 0);
        }

        return scales.Values.Sum();
    }

    private async Task<V1OwnerReference> TopAsync(IReadOnlyList<ApiKind> kinds, V1Pod pod, V1OwnerReference owner, CancellationToken cancellationToken)
    {
        if (owner.Kind != "ReplicaSet")
            return owner;
        var set = await ReadAsync(kinds, pod, owner, "", cancellationToken);
        return set.Items("metadata", "ownerReferences").FirstOrDefault(o => o.Flag("controller")) is { } above && above.Text("kind") == "Deployment"
            ? new V1OwnerReference { ApiVersion = above.Text("apiVersion")!, Kind = "Deployment", Name = above.Text("name")!, Uid = above.Text("uid")! }
            : owner;
    }

    private async Task<int> ScaleAsync(IReadOnlyList<ApiKind> kinds, V1Pod pod, V1OwnerReference owner, CancellationToken cancellationToken)
    {
        var scale = await ReadAsync(kinds, pod, owner, "/scale", cancellationToken);
        if (scale.Text("metadata", "uid") != owner.Uid)
            throw NoController(pod);
        return (int)(scale.Number("spec", "replicas") ?? 0);
    }

    private async Task<JsonObject> ReadAsync(
        IReadOnlyList<ApiKind> kinds, V1Pod pod, V1OwnerReference owner, string subresource, CancellationToken cancellationToken)
    {
        var kind = kinds.FirstOrDefault(k => k.Kind == owner.Kind && k.ApiVersions.Contains(owner.ApiVersion)) ?? throw NoController(pod);
        var path = kind.PathOf(pod.Metadata.NamespaceProperty, owner.Name) + subresource;
        using var answer = await client.HttpClient.GetAsync(new Uri(client.BaseUri, path), cancellationToken);
        if (answer.StatusCode != HttpStatusCode.NotFound)
            answer.EnsureSuccessStatusCode();
        var body = await answer.Content.ReadFromJsonAsync<JsonObject>(cancellationToken);
        if (answer.IsSuccessStatusCode)
            return body!;

        // Without a name it is the subresource that is missing.
        throw body.Text("details", "name") is null
            ? new UnknownScaleException($"{kind.Plural}{Group(owner)} does not implement the scale subresource")
            : NoController(pod);
    }

    private static string Group(V1OwnerReference owner) => owner.ApiVersion.IndexOf('/') is > 0 and var slash ? "." + owner.ApiVersion[..slash] : "";

    private static UnknownScaleException NoController(V1Pod pod) => new($"found no controllers for pod \"{pod.Metadata.Name}\"");
}

/// <summary>It cannot be told how many pods there should be; the message is for the budget's condition.</summary>
internal sealed class UnknownScaleException(string message) : Exception(message);
