using System.Text.Json.Nodes;

namespace Tandem.Platform.Releases;

/// <summary>Whether a workload is what its specification says: by the status of its own generation, never of an older one. Pure.</summary>
public static class Readiness
{
    /// <summary>Deployments, DaemonSets and StatefulSets.</summary>
    public static bool IsWorkload(JsonObject value) => (string?)value["kind"] is "Deployment" or "DaemonSet" or "StatefulSet";

    /// <summary>What is missing, such as "1 of 3 ready"; null for nothing.</summary>
    public static string? Missing(JsonObject? live)
    {
        if (live is null)
            return "not there";
        if (Number(live["status"]?["observedGeneration"]) < Number(live["metadata"]?["generation"]))
            return "not observed yet";
        var status = live["status"];
        var (wanted, updated, ready) = (string?)live["kind"] == "DaemonSet"
            ? (Number(status?["desiredNumberScheduled"]), Number(status?["updatedNumberScheduled"]), Number(status?["numberAvailable"]))
            : (Number(live["spec"]?["replicas"], 1), Number(status?["updatedReplicas"]), Number(status?["availableReplicas"]));
        if ((string?)live["kind"] == "DaemonSet" && wanted == 0)
            return "no node yet";
        if (updated < wanted)
            return $"{updated} of {wanted} updated";
        if (ready < wanted)
            return $"{ready} of {wanted} ready";
        var surplus = (string?)live["kind"] == "Deployment" ? Number(status?["replicas"]) - wanted : 0;
        return surplus > 0 ? $"{surplus} old still running" : null;
    }

    /// <summary>Why it cannot become ready any more; null where it may.</summary>
    public static string? Failure(JsonObject? live)
    {
        if (live is null || Number(live["status"]?["observedGeneration"]) < Number(live["metadata"]?["generation"]))
            return null;
        var condition = Condition(live, "Progressing");
        return (string?)condition?["reason"] == "ProgressDeadlineExceeded" ? (string?)condition["message"] : null;
    }

    /// <summary>Whether a CustomResourceDefinition is served.</summary>
    public static bool IsEstablished(JsonObject? live) => IsTrue(live, "Established");

    /// <summary>Whether a condition of the object's status is True.</summary>
    public static bool IsTrue(JsonObject? live, string type) => (string?)Condition(live, type)?["status"] == "True";

    private static JsonNode? Condition(JsonObject? live, string type) =>
        (live?["status"]?["conditions"] as JsonArray ?? []).FirstOrDefault(c => (string?)c?["type"] == type);

    private static long Number(JsonNode? value, long fallback = 0) => value is JsonValue v && v.TryGetValue(out long number) ? number : fallback;
}
