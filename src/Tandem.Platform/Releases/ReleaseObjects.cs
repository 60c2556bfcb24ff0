using System.Text.Json.Nodes;

namespace Tandem.Platform.Releases;

/// <summary>What a release consists of.</summary>
/// <param name="Objects">The objects as in the files.</param>
/// <param name="Images">The images that stand for those in the files, by cluster.</param>
public sealed record ReleaseObjects(IReadOnlyList<JsonObject> Objects, IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Images)
{
    /// <summary>Nothing at all: what a platform is before its first release.</summary>
    public static readonly ReleaseObjects None = new([], new Dictionary<string, IReadOnlyDictionary<string, string>>());

    /// <summary>Equal hashes are equal content.</summary>
    public string Hash { get; } = ReleaseContent.Hash(
    [
        .. Objects,
        .. from cluster in Images
           from image in cluster.Value
           select new JsonObject { ["cluster"] = cluster.Key, ["image"] = image.Key, ["by"] = image.Value },
    ]);

    /// <summary>The objects as one cluster gets them, in order.</summary>
    public IReadOnlyList<JsonObject> For(string cluster)
    {
        if (!Images.TryGetValue(cluster, out var images) || images.Count == 0)
            return Manifests.InOrder(Objects);
        var mapped = Manifests.InOrder(Objects.Select(o => o.DeepClone().AsObject()));
        foreach (var value in mapped)
            ImageMapping.Apply(value, images);
        return mapped;
    }
}
