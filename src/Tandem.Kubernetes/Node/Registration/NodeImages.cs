using k8s.Models;
using Tandem.Kubernetes.Node.Cri.V1;

namespace Tandem.Kubernetes.Node.Registration;

/// <summary>The images of a node as its status lists them: https://kubernetes.io/docs/reference/node/node-status/.</summary>
internal static class NodeImages
{
    // The kubelet's nodeStatusMaxImages, and MaxNamesPerImageInNodeStatus.
    private const int MaxImages = 50;
    private const int MaxNames = 5;

    /// <summary>The largest first; digests before tags.</summary>
    public static IList<V1ContainerImage> Of(IEnumerable<Image> images) =>
        [.. images.Select(i => new V1ContainerImage { Names = [.. i.RepoDigests.Concat(i.RepoTags).Take(MaxNames)], SizeBytes = (long)i.Size })
            .Where(i => i.Names.Count > 0)
            .OrderByDescending(i => i.SizeBytes).ThenBy(i => i.Names[0], StringComparer.Ordinal)
            .Take(MaxImages)];
}
