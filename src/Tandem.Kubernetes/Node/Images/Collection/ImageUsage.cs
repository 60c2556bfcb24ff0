using Tandem.Kubernetes.Node.Cri.V1;
using Tandem.Kubernetes.Node.Images.Credentials;

namespace Tandem.Kubernetes.Node.Images.Collection;

/// <summary>Since when images are known and when they were last used, and thus which of them may go.</summary>
internal sealed class ImageUsage(TimeSpan minimumAge, TimeProvider time)
{
    // Before the first look: how old such an image is, and when it was used, is not known.
    private const long OfOld = long.MinValue;

    private Dictionary<string, (long Found, long Used)> _known = [];
    private bool _looked;

    /// <summary>Takes note of the images there are and of those in use.</summary>
    /// <param name="images">All there are.</param>
    /// <param name="used">What containers name their images by: ids, tags or digests.</param>
    /// <returns>Those that may go, the longest unused first.</returns>
    public IReadOnlyList<Image> Unused(IReadOnlyCollection<Image> images, IReadOnlySet<string> used)
    {
        var now = time.GetTimestamp();
        var known = new Dictionary<string, (long Found, long Used)>();
        foreach (var image in images)
        {
            var (found, last) = _known.TryGetValue(image.Id, out var before) ? before : (_looked ? now : OfOld, OfOld);
            known[image.Id] = (found, IsUsed(image, used) ? now : last);
        }

        (_known, _looked) = (known, true);
        return
        [
            .. images.Where(i => known[i.Id].Used != now && IsOldEnough(known[i.Id].Found, now) && CanBeHadAgain(i))
                .OrderBy(i => known[i.Id].Used).ThenBy(i => known[i.Id].Found).ThenBy(i => i.Id, StringComparer.Ordinal),
        ];
    }

    private bool IsOldEnough(long found, long now) => found == OfOld || time.GetElapsedTime(found, now) >= minimumAge;

    private static bool IsUsed(Image image, IReadOnlySet<string> used) =>
        used.Contains(image.Id) || image.RepoTags.Any(used.Contains) || image.RepoDigests.Any(used.Contains);

    // A name whose repository told no digest was imported. What has no name at all was replaced under its name, and is of no use.
    private static bool CanBeHadAgain(Image image)
    {
        var pulled = image.RepoDigests.Select(ImageName.Repository).ToHashSet();
        return image.RepoTags.All(tag => pulled.Contains(ImageName.Repository(tag)));
    }
}
