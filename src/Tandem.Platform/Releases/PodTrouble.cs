using System.Text.Json.Nodes;
using Tandem.Platform.Clusters;

namespace Tandem.Platform.Releases;

/// <summary>Why a workload's pods do not run, in their containers' own words.</summary>
internal static class PodTrouble
{
    /// <summary>What every container says while it is being made.</summary>
    private static readonly string[] Usual = ["ContainerCreating", "PodInitializing"];

    /// <returns>Such as "; ImagePullBackOff: …"; empty where nothing is said.</returns>
    /// <exception cref="ClusterException">The API refused or cannot be reached.</exception>
    public static async Task<string> OfAsync(Cluster cluster, JsonObject? workload, CancellationToken cancellationToken)
    {
        if (workload?["spec"]?["selector"]?["matchLabels"] is not JsonObject labels || labels.Count == 0)
            return "";
        var pods = await cluster.ListAsync(
            "v1", "Pod", cancellationToken, string.Join(',', labels.Select(l => $"{l.Key}={l.Value}")), (string?)workload["metadata"]?["namespace"]);
        return pods.Select(Of).FirstOrDefault(reason => reason is not null) is { } trouble ? $"; {trouble}" : "";
    }

    /// <summary>The first trouble of a pod; null where there is none.</summary>
    internal static string? Of(JsonObject pod)
    {
        var status = pod["status"];
        var containers = (status?["initContainerStatuses"] as JsonArray ?? []).Concat(status?["containerStatuses"] as JsonArray ?? []);
        var waiting = containers.Select(c => c?["state"]?["waiting"]).FirstOrDefault(w => w is not null && !Usual.Contains((string?)w["reason"]));
        if (waiting is not null)
            return Words(waiting);
        var scheduled = (status?["conditions"] as JsonArray ?? []).FirstOrDefault(c => (string?)c?["type"] == "PodScheduled" && (string?)c["status"] == "False");
        return scheduled is null ? null : Words(scheduled);
    }

    private static string Words(JsonNode says) =>
        string.Join(": ", new[] { (string?)says["reason"], (string?)says["message"] }.Where(w => !string.IsNullOrEmpty(w)));
}
