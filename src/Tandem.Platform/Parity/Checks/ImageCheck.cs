namespace Tandem.Platform.Parity.Checks;

/// <summary>The same name of an image is the same image in both clusters: a tag may have moved between two pulls.</summary>
internal static class ImageCheck
{
    public static IEnumerable<Finding> Of(ParityView view)
    {
        foreach (var (hot, standby) in view.Pair)
        {
            var (ran, runs) = (Digests(hot), Digests(standby));
            foreach (var (key, images) in standby.Wanted?.Workloads ?? new Dictionary<Clusters.ObjectKey, IReadOnlyList<Wanted.WantedImage>>())
                foreach (var (container, image) in images)
                    if (hot.Wanted?.Workloads.GetValueOrDefault(key)?.FirstOrDefault(i => i.Container == container) is { } other
                        && ran[(key.Namespace, other.Image)].ToHashSet() is { Count: > 0 } there
                        && runs[(key.Namespace, image)].ToHashSet() is { Count: > 0 } here && !there.SetEquals(here))
                        yield return new Finding(
                            "image-differs", standby.Weight, standby.Name, key.ToString(),
                            $"container {container}: {image} is {string.Join(" and ", here.Order())} here and {string.Join(" and ", there.Order())} in the hot cluster",
                            "deploy the image by its digest (name@sha256:…), so that both clusters run the same");
        }
    }

    private static ILookup<(string Namespace, string Image), string> Digests(ClusterView cluster) => cluster.All
        .SelectMany(o => (o.Facts.Pod?.Images ?? []).Select(i => (Key: (o.Metadata.NamespaceProperty ?? "", i.Image), i.Digest)))
        .ToLookup(p => p.Key, p => p.Digest);
}
