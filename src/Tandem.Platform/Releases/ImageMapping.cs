using System.Text.Json.Nodes;

namespace Tandem.Platform.Releases;

/// <summary>Replaces images in workloads by others, as the platform file says; a replaced image goes by its own name.</summary>
public static class ImageMapping
{
    /// <param name="value">Any object; changed where it has containers.</param>
    /// <param name="images">The image in the manifest, and the one to run.</param>
    public static void Apply(JsonObject value, IReadOnlyDictionary<string, string> images)
    {
        var spec = (string?)value["kind"] == "Pod" ? value["spec"] : value["spec"]?["template"]?["spec"];
        foreach (var list in new[] { "containers", "initContainers" })
            foreach (var container in (spec?[list] as JsonArray ?? []).OfType<JsonObject>())
                if ((string?)container["image"] is { } image && Find(images, image) is { } other)
                    container["image"] = other;
    }

    /// <summary>docker.io/library/nginx:1 and nginx:1 are the same image.</summary>
    private static string? Find(IReadOnlyDictionary<string, string> images, string image) =>
        images.FirstOrDefault(i => Normal(i.Key) == Normal(image)).Value;

    private static string Normal(string image)
    {
        foreach (var prefix in new[] { "docker.io/library/", "docker.io/", "index.docker.io/" })
            if (image.StartsWith(prefix, StringComparison.Ordinal))
                return image[prefix.Length..];
        return image;
    }
}
