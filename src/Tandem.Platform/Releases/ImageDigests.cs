using System.Text.Json.Nodes;
using Tandem.Platform.Clusters;

namespace Tandem.Platform.Releases;

/// <summary>Which image a name stood for where it ran: a tag can be another image tomorrow.</summary>
public static class ImageDigests
{
    /// <summary>The digests of the images that objects name, as the cluster's pods have them.</summary>
    /// <returns>By the image's name as in the object; those of pods that do not run yet are missing.</returns>
    /// <exception cref="ClusterException">The API refused or cannot be reached.</exception>
    public static async Task<IReadOnlyDictionary<string, string>> ReadAsync(Cluster cluster, IEnumerable<JsonObject> objects, CancellationToken cancellationToken)
    {
        var workloads = objects.Where(Readiness.IsWorkload).ToList();
        var digests = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var space in workloads.Select(w => (string?)w["metadata"]?["namespace"] ?? "default").Distinct())
            foreach (var pod in await cluster.ListAsync("v1", "Pod", cancellationToken, null, space))
                foreach (var (image, digest) in Of(pod))
                    digests[image] = digest;
        return digests;
    }

    /// <summary>The images of a pod's containers, and their digests.</summary>
    public static IEnumerable<(string Image, string Digest)> Of(JsonObject pod)
    {
        var ids = (pod["status"]?["containerStatuses"] as JsonArray ?? []).Concat(pod["status"]?["initContainerStatuses"] as JsonArray ?? [])
            .Where(c => (string?)c?["imageID"] is { Length: > 0 }).ToLookup(c => (string)c!["name"]!, c => (string)c!["imageID"]!);
        return (pod["spec"]?["containers"] as JsonArray ?? []).Concat(pod["spec"]?["initContainers"] as JsonArray ?? [])
            .Where(c => ids[(string)c!["name"]!].Any())
            .Select(c => ((string)c!["image"]!, Digest(ids[(string)c["name"]!].First())));
    }

    private static string Digest(string id) => id[(id.LastIndexOf('@') + 1)..];
}
