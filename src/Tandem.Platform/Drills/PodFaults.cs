using System.Text.Json.Nodes;
using Tandem.Platform.Clusters;

namespace Tandem.Platform.Drills;

/// <summary>Deletes pods without grace, as if they had crashed. Their controllers make new ones.</summary>
/// <param name="open">Opens a cluster by its name.</param>
/// <param name="hostname">The service.</param>
public sealed class PodFaults(Func<string, Cluster> open, string hostname)
{
    /// <summary>The labels of every installation of ingress-nginx, from its manifests and its Helm chart.</summary>
    private static readonly Dictionary<string, string> Controller = new()
    {
        ["app.kubernetes.io/name"] = "ingress-nginx", ["app.kubernetes.io/component"] = "controller",
    };

    /// <summary>Deletes the pods.</summary>
    /// <exception cref="DrillException">There are none.</exception>
    /// <exception cref="ClusterException">The API refused or cannot be reached.</exception>
    public async Task InjectAsync(Fault fault, CancellationToken cancellationToken)
    {
        using var cluster = open(fault.Cluster);
        var pods = await cluster.ListAsync("v1", "Pod", cancellationToken);
        var chosen = fault.Kind == FaultKind.IngressDeleted
            ? [.. pods.Where(p => Matches(p, Controller))]
            : Behind(
                IngressRoutes.Services(await cluster.ListAsync("networking.k8s.io/v1", "Ingress", cancellationToken), hostname),
                await cluster.ListAsync("v1", "Service", cancellationToken),
                pods);
        if (chosen.Count == 0)
            throw new DrillException(fault.Kind == FaultKind.IngressDeleted
                ? "there is no pod with ingress-nginx's labels; the drill knows no other ingress controller"
                : $"there is no pod behind the Ingress of {hostname}");
        await Task.WhenAll(chosen.Select(p => cluster.DeleteAsync(
            new ObjectReference("v1", "Pod", (string?)p["metadata"]!["namespace"], (string)p["metadata"]!["name"]!), null, cancellationToken, graceSeconds: 0)));
    }

    /// <summary>The pods that services select.</summary>
    internal static IReadOnlyList<JsonObject> Behind(IReadOnlySet<(string Namespace, string Name)> names, IReadOnlyList<JsonObject> services, IReadOnlyList<JsonObject> pods)
    {
        var selectors = services.Where(s => names.Contains(NameOf(s)))
            .Select(s => (Namespace: NameOf(s).Namespace, Labels: Labels(s["spec"]?["selector"])))
            .Where(s => s.Labels.Count > 0)
            .ToList();
        return [.. pods.Where(p => selectors.Any(s => NameOf(p).Namespace == s.Namespace && Matches(p, s.Labels)))];
    }

    private static bool Matches(JsonObject pod, Dictionary<string, string> wanted) =>
        Labels(pod["metadata"]?["labels"]) is var labels && wanted.All(w => labels.GetValueOrDefault(w.Key) == w.Value);

    private static Dictionary<string, string> Labels(JsonNode? node) =>
        (node as JsonObject)?.ToDictionary(l => l.Key, l => (string)l.Value!) ?? [];

    private static (string Namespace, string Name) NameOf(JsonObject value) =>
        ((string?)value["metadata"]?["namespace"] ?? "", (string?)value["metadata"]?["name"] ?? "");
}
