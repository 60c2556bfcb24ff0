using System.Net;
using k8s;
using k8s.Autorest;
using k8s.Models;
using Tandem.Kubernetes.Node.Pods;
using Tandem.Kubernetes.Node.Status;

namespace Tandem.Kubernetes.Node.Registration;

/// <summary>What pods need of the API server, from a real one.</summary>
internal sealed class NodeApi(IKubernetes client, EventRecorder events) : INodeApi
{
    public async Task<V1Pod?> PatchStatusAsync(V1Pod pod, V1PodStatus status, CancellationToken cancellationToken)
    {
        try
        {
            return await client.CoreV1.PatchNamespacedPodStatusAsync(
                new V1Patch(StatusPatch.Build(pod, status), V1Patch.PatchType.MergePatch),
                pod.Metadata.Name, pod.Metadata.NamespaceProperty, cancellationToken: cancellationToken);
        }
        catch (HttpOperationException e) when (e.Response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Conflict)
        {
            // Gone, or another pod has its name by now (the uid demanded is not that one's).
            return null;
        }
    }

    public async Task DeletePodAsync(V1Pod pod, CancellationToken cancellationToken)
    {
        var options = new V1DeleteOptions
        {
            GracePeriodSeconds = 0,
            Preconditions = new V1Preconditions { Uid = pod.Metadata.Uid },
        };
        try
        {
            await client.CoreV1.DeleteNamespacedPodAsync(
                pod.Metadata.Name, pod.Metadata.NamespaceProperty, options, cancellationToken: cancellationToken);
        }
        catch (HttpOperationException e) when (e.Response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Conflict)
        {
            // Gone already.
        }
    }

    public Task<V1ConfigMap?> ConfigMapAsync(string @namespace, string name, CancellationToken cancellationToken) =>
        FindAsync(() => client.CoreV1.ReadNamespacedConfigMapAsync(name, @namespace, cancellationToken: cancellationToken));

    public Task<V1Secret?> SecretAsync(string @namespace, string name, CancellationToken cancellationToken) =>
        FindAsync(() => client.CoreV1.ReadNamespacedSecretAsync(name, @namespace, cancellationToken: cancellationToken));

    public Task<V1PersistentVolumeClaim?> ClaimAsync(string @namespace, string name, CancellationToken cancellationToken) =>
        FindAsync(() => client.CoreV1.ReadNamespacedPersistentVolumeClaimAsync(name, @namespace, cancellationToken: cancellationToken));

    public Task<V1PersistentVolume?> VolumeAsync(string name, CancellationToken cancellationToken) =>
        FindAsync(() => client.CoreV1.ReadPersistentVolumeAsync(name, cancellationToken: cancellationToken));

    public Task<V1Service?> KubernetesServiceAsync(CancellationToken cancellationToken) =>
        FindAsync(() => client.CoreV1.ReadNamespacedServiceAsync("kubernetes", "default", cancellationToken: cancellationToken));

    public async Task<IList<V1Service>> ServicesAsync(string @namespace, CancellationToken cancellationToken) =>
        (await client.CoreV1.ListNamespacedServiceAsync(@namespace, cancellationToken: cancellationToken)).Items;

    public async Task<V1TokenRequestStatus> TokenAsync(
        V1Pod pod, string? audience, long expirationSeconds, CancellationToken cancellationToken)
    {
        var request = new Authenticationv1TokenRequest
        {
            Spec = new V1TokenRequestSpec
            {
                Audiences = string.IsNullOrEmpty(audience) ? [] : [audience],
                ExpirationSeconds = expirationSeconds,
                BoundObjectRef = new V1BoundObjectReference
                {
                    ApiVersion = "v1",
                    Kind = "Pod",
                    Name = pod.Metadata.Name,
                    Uid = pod.Metadata.Uid,
                },
            },
        };
        var answer = await client.CoreV1.CreateNamespacedServiceAccountTokenAsync(
            request, pod.Spec.ServiceAccountName ?? "default", pod.Metadata.NamespaceProperty, cancellationToken: cancellationToken);
        return answer.Status;
    }

    public void Event(V1Pod pod, string? container, string type, string reason, string message) =>
        events.Record(pod, container, type, reason, message);

    private static async Task<T?> FindAsync<T>(Func<Task<T>> read)
        where T : class
    {
        try
        {
            return await read();
        }
        catch (HttpOperationException e) when (e.Response.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }
}
