using System.Text.Json.Nodes;

namespace Tandem.Platform.Clusters;

/// <summary>Where a cluster's ingress controller can be reached, as its Ingresses' status says.</summary>
public static class IngressAddress
{
    /// <summary>The first address that any Ingress of the hostname carries; null where there is none yet.</summary>
    public static async Task<string?> FindAsync(Cluster cluster, string hostname, CancellationToken cancellationToken)
    {
        foreach (var ingress in await cluster.ListAsync("networking.k8s.io/v1", "Ingress", cancellationToken))
            if ((ingress["spec"]?["rules"] as JsonArray ?? []).Any(r => (string?)r?["host"] == hostname)
                && Of(ingress) is { } address)
                return address;
        return null;
    }

    /// <summary>The first address that an Ingress carries; null where there is none yet.</summary>
    public static string? Of(JsonObject ingress) =>
        (ingress["status"]?["loadBalancer"]?["ingress"] as JsonArray ?? []).OfType<JsonObject>().FirstOrDefault() is { } first
            ? (string?)first["ip"] ?? (string?)first["hostname"] : null;
}
