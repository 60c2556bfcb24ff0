using k8s.Models;

namespace Tandem.Kubernetes.Node.Pods;

/// <summary>What pods need of the API server. The seam at which pods can be run without one.</summary>
internal interface INodeApi
{
    /// <summary>Writes a pod's status, on condition that it is still the pod of that uid.</summary>
    /// <returns>The pod as it is then; null where that pod is gone.</returns>
    Task<V1Pod?> PatchStatusAsync(V1Pod pod, V1PodStatus status, CancellationToken cancellationToken);

    /// <summary>Removes a pod that has been stopped; no error where it is gone already.</summary>
    Task DeletePodAsync(V1Pod pod, CancellationToken cancellationToken);

    Task<V1ConfigMap?> ConfigMapAsync(string @namespace, string name, CancellationToken cancellationToken);

    Task<V1Secret?> SecretAsync(string @namespace, string name, CancellationToken cancellationToken);

    Task<V1PersistentVolumeClaim?> ClaimAsync(string @namespace, string name, CancellationToken cancellationToken);

    Task<V1PersistentVolume?> VolumeAsync(string name, CancellationToken cancellationToken);

    /// <summary>The cluster's own service, <c>default/kubernetes</c>; null while it does not exist.</summary>
    Task<V1Service?> KubernetesServiceAsync(CancellationToken cancellationToken);

    Task<IList<V1Service>> ServicesAsync(string @namespace, CancellationToken cancellationToken);

    /// <summary>A token of the pod's service account, bound to the pod.</summary>
    Task<V1TokenRequestStatus> TokenAsync(
        V1Pod pod, string? audience, long expirationSeconds, CancellationToken cancellationToken);

    /// <summary>Tells an event about a pod; never waits and never fails.</summary>
    /// <param name="pod">What it is about.</param>
    /// <param name="container">The container it is about, or null.</param>
    /// <param name="type">Normal or Warning.</param>
    /// <param name="reason">Such as <c>Started</c>.</param>
    /// <param name="message">As the kubelet words it.</param>
    void Event(V1Pod pod, string? container, string type, string reason, string message);
}
