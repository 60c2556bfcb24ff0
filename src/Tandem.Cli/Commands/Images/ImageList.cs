using System.Text.Json.Nodes;
using Tandem.Images;

namespace Tandem.Cli.Commands.Images;

/// <summary>Puts together what the nodes, the pods and the builder know of images.</summary>
internal static class ImageList
{
    /// <param name="clusters">Of each cluster its name, its Node objects and its Pod objects.</param>
    /// <param name="built">What was built on this machine.</param>
    public static IReadOnlyList<ImageReport> Of(
        IEnumerable<(string Cluster, IReadOnlyList<JsonObject> Nodes, IReadOnlyList<JsonObject> Pods)> clusters, IReadOnlyList<ImageRecord> built)
    {
        var found = new Dictionary<string, ImageReport>();
        foreach (var (cluster, nodes, pods) in clusters)
        {
            // One image on several nodes of a cluster is there once.
            var images = nodes.SelectMany(n => n["status"]?["images"] as JsonArray ?? []).OfType<JsonObject>()
                .Select(i => (Names: Names(i), Size: (long?)i["sizeBytes"] ?? 0)).Where(i => i.Names.Count > 0).DistinctBy(i => Title(i.Names));
            foreach (var (names, size) in images)
            {
                var title = Title(names);
                var users = pods.Count(p => Uses(p, names));
                found[title] = found.TryGetValue(title, out var known)
                    ? known with { Clusters = [.. known.Clusters, cluster], Pods = known.Pods + users }
                    : New(title, names, size, cluster, users, built.FirstOrDefault(b => names.Contains(b.Reference)));
            }
        }

        return [.. found.Values.OrderBy(i => i.Image, StringComparer.Ordinal)];
    }

    private static ImageReport New(string title, IReadOnlyList<string> names, long size, string cluster, int pods, ImageRecord? built) => new(
        title,
        built?.Digest ?? names.Select(n => n.Split('@')).FirstOrDefault(n => n.Length == 2)?[1],
        size,
        built is null ? "pulled" : "built",
        built?.Origin ?? title.Split('/')[0],
        built?.Packages ?? [],
        [cluster],
        pods);

    private static List<string> Names(JsonObject image) => [.. (image["names"] as JsonArray ?? []).Select(n => (string?)n).OfType<string>()];

    private static string Title(IReadOnlyList<string> names) => names.FirstOrDefault(n => !n.Contains('@', StringComparison.Ordinal)) ?? names[0];

    private static bool Uses(JsonObject pod, IReadOnlyList<string> names) => new[] { "containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses" }
        .SelectMany(s => pod["status"]?[s] as JsonArray ?? [])
        .Any(c => names.Contains((string?)c?["imageID"] ?? "") || names.Contains((string?)c?["image"] ?? ""));
}
