using k8s;
using k8s.Models;
using Tandem.Platform.Clusters;

namespace Tandem.Platform.Parity.Live;

/// <summary>An object of a cluster, reduced to what parity is judged by: ten thousand of them are a few megabytes.</summary>
public sealed class LiveObject : IKubernetesObject<V1ObjectMeta>
{
    /// <inheritdoc/>
    public string ApiVersion { get; set; } = "";

    /// <inheritdoc/>
    public string Kind { get; set; } = "";

    /// <summary>Name, namespace, uid and resourceVersion alone.</summary>
    public V1ObjectMeta Metadata { get; set; } = new();

    /// <summary>What it is judged by.</summary>
    public LiveFacts Facts { get; init; } = LiveFacts.None;

    /// <summary>Its identity.</summary>
    public ObjectKey Key => new ObjectReference(ApiVersion, Kind, Metadata.NamespaceProperty, Metadata.Name).Key;
}
