using System.Text.Json.Nodes;
using Tandem.Platform.Clusters;

namespace Tandem.Platform.Parity.Wanted;

/// <summary>A Secret or ConfigMap that an object of a release names and cannot do without.</summary>
/// <param name="Key">Which.</param>
/// <param name="By">Who names it.</param>
public sealed record ObjectNeed(ObjectKey Key, ObjectKey By)
{
    /// <summary>Every cluster has one of its own, with its own authority.</summary>
    private const string OfCluster = "kube-root-ca.crt";

    /// <summary>Those of an object: of a pod's environment, volumes and pull secrets, and of an Ingress's TLS.</summary>
    internal static IEnumerable<ObjectNeed> Of(JsonObject value)
    {
        var reference = ObjectReference.Of(value);
        return Names(value).Where(n => !string.IsNullOrEmpty(n.Name) && n.Name != OfCluster)
            .Select(n => new ObjectNeed(new ObjectKey("", n.Kind, reference.Namespace ?? "", n.Name!), reference.Key)).Distinct();
    }

    private static IEnumerable<(string Kind, string? Name)> Names(JsonObject value) => (string?)value["kind"] switch
    {
        "Ingress" => Items(value["spec"]?["tls"]).Select(t => ("Secret", (string?)t["secretName"])),
        "Pod" => OfPod(value["spec"]),
        "CronJob" => OfPod(value["spec"]?["jobTemplate"]?["spec"]?["template"]?["spec"]),
        _ => OfPod(value["spec"] is JsonObject spec ? (spec["template"] as JsonObject)?["spec"] : null),
    };

    private static IEnumerable<(string Kind, string? Name)> OfPod(JsonNode? pod)
    {
        if (pod is not JsonObject)
            return [];
        var containers = Items(pod["containers"]).Concat(Items(pod["initContainers"])).ToList();
        var sources = containers.SelectMany(c => Items(c["envFrom"]).SelectMany(e => Pair(e["secretRef"], e["configMapRef"], "name")))
            .Concat(containers.SelectMany(c => Items(c["env"]).SelectMany(e => Pair(e["valueFrom"]?["secretKeyRef"], e["valueFrom"]?["configMapKeyRef"], "name"))));
        var volumes = Items(pod["volumes"]).SelectMany(v => Pair(v["secret"], null, "secretName").Concat(Pair(null, v["configMap"], "name"))
            .Concat(Items(v["projected"]?["sources"]).SelectMany(s => Pair(s["secret"], s["configMap"], "name"))));
        return sources.Concat(volumes).Concat(Items(pod["imagePullSecrets"]).Select(s => ("Secret", (string?)s["name"])));
    }

    private static IEnumerable<(string Kind, string? Name)> Pair(JsonNode? secret, JsonNode? configMap, string field)
    {
        if (secret is not null && (bool?)secret["optional"] != true)
            yield return ("Secret", (string?)secret[field]);
        if (configMap is not null && (bool?)configMap["optional"] != true)
            yield return ("ConfigMap", (string?)configMap[field]);
    }

    private static IEnumerable<JsonObject> Items(JsonNode? list) => (list as JsonArray ?? []).OfType<JsonObject>();
}
