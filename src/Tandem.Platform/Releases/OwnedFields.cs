using System.Text.Json.Nodes;
using Tandem.Platform.Clusters;

namespace Tandem.Platform.Releases;

/// <summary>
/// Which fields of a live object are the release's. Whoever changes one becomes its manager instead, so the set stays the same
/// exactly as long as every value is what was deployed: drift shows without comparing values, and without knowing what a server makes of them.
/// </summary>
/// <remarks><see href="https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management">Kubernetes: field management</see>.</remarks>
public static class OwnedFields
{
    /// <summary>A hash of the set; null where nothing of the object is the release's.</summary>
    public static string? Of(JsonNode live) =>
        (live["metadata"]?["managedFields"] as JsonArray)?.FirstOrDefault(IsOurs)?["fieldsV1"] is { } fields ? ReleaseContent.Hash(fields) : null;

    private static bool IsOurs(JsonNode? entry) =>
        (string?)entry?["manager"] == Cluster.FieldManager && (string?)entry["operation"] == "Apply" && entry["subresource"] is null;
}
