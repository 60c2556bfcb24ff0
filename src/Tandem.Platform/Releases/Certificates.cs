using System.Text.Json.Nodes;
using Tandem.Platform.Clusters;

namespace Tandem.Platform.Releases;

/// <summary>The TLS Secrets that Ingresses need.</summary>
/// <param name="clusters">Both clusters; those that cannot be reached are not asked.</param>
/// <param name="time">The clock, for new certificates.</param>
public sealed class Certificates(IReadOnlyList<Cluster> clusters, TimeProvider time)
{
    /// <summary>Those that the Ingresses among objects name and some cluster lacks: made once, the same for all; one that some cluster has is copied.</summary>
    /// <exception cref="ClusterException">A cluster refused.</exception>
    public async Task<IReadOnlyList<JsonObject>> MissingAsync(IReadOnlyList<JsonObject> objects, CancellationToken cancellationToken)
    {
        var reachable = await Cluster.ReadyOfAsync(clusters, cancellationToken);
        var result = new Dictionary<ObjectReference, JsonObject>();
        foreach (var ingress in objects.Where(o => (string?)o["kind"] == "Ingress"))
            foreach (var tls in (ingress["spec"]?["tls"] as JsonArray ?? []).OfType<JsonObject>())
            {
                var reference = new ObjectReference("v1", "Secret", (string?)ingress["metadata"]?["namespace"] ?? "default", (string?)tls["secretName"] ?? "");
                if (reference.Name.Length > 0 && !result.ContainsKey(reference) && objects.All(o => ObjectReference.Of(o) != reference)
                    && await MissingAsync(reachable, reference, tls, cancellationToken) is { } secret)
                    result[reference] = secret;
            }

        return [.. result.Values];
    }

    private async Task<JsonObject?> MissingAsync(
        IReadOnlyList<Cluster> reachable, ObjectReference reference, JsonObject tls, CancellationToken cancellationToken)
    {
        var found = new List<JsonObject?>();
        foreach (var cluster in reachable)
            found.Add(await cluster.GetAsync(reference, cancellationToken));
        if (found.All(f => f is not null))
            return null;
        if (found.OfType<JsonObject>().FirstOrDefault() is not { } existing)
            return DevelopmentCertificate.Secret(reference.Namespace!, reference.Name, [.. (tls["hosts"] as JsonArray ?? []).Select(h => (string)h!)], time);
        return new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Secret",
            ["metadata"] = new JsonObject
            {
                ["name"] = reference.Name, ["namespace"] = reference.Namespace, ["labels"] = existing["metadata"]?["labels"]?.DeepClone(),
            },
            ["type"] = existing["type"]?.DeepClone(),
            ["data"] = existing["data"]?.DeepClone(),
        };
    }
}
