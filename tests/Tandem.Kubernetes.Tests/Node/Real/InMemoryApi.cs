using System.Collections.Concurrent;
using System.Text;
using k8s;
using k8s.Models;
using Tandem.Kubernetes.Node.Pods;

namespace Tandem.Kubernetes.Tests.Node.Real;

/// <summary>Pods and what they refer to, in memory; changes reach the workers as a watch would bring them.</summary>
internal sealed class InMemoryApi : INodeApi
{
    private readonly ConcurrentDictionary<string, V1Pod> _pods = new();
    private long _revision;

    public ConcurrentDictionary<string, V1ConfigMap> ConfigMaps { get; } = new();

    public ConcurrentDictionary<string, V1Service> Services { get; } = new();

    public ConcurrentDictionary<string, V1Secret> Secrets { get; } = new();

    public ConcurrentDictionary<string, V1PersistentVolumeClaim> Claims { get; } = new();

    public ConcurrentDictionary<string, V1PersistentVolume> Volumes { get; } = new();

    public ConcurrentQueue<(string Pod, string Reason, string Message)> Events { get; } = new();

    public ConcurrentQueue<(string Pod, V1PodStatus Status)> Written { get; } = new();

    /// <summary>Where changes go; replaced when the agent is.</summary>
    public PodWorkers? Workers { get; set; }

    public V1Pod? Pod(string name) => _pods.GetValueOrDefault(name);

    public IEnumerable<V1Pod> Pods => _pods.Values;

    public V1Pod Create(V1Pod pod)
    {
        pod.Metadata.Uid = Guid.NewGuid().ToString();
        pod.Metadata.NamespaceProperty ??= "default";
        pod.Status = new V1PodStatus { Phase = "Pending" };
        _pods[pod.Metadata.Name] = pod;
        Workers?.Update(pod);
        return pod;
    }

    public void Delete(string name, long grace)
    {
        var pod = Clone(_pods[name]);
        pod.Metadata.DeletionTimestamp = TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(grace);
        pod.Metadata.DeletionGracePeriodSeconds = grace;
        _pods[name] = pod;
        Workers?.Update(pod);
    }

    /// <summary>Somebody else changes a pod's condition.</summary>
    public void SetCondition(string name, string type, string status)
    {
        var pod = Clone(_pods[name]);
        pod.Metadata.ResourceVersion = Interlocked.Increment(ref _revision).ToString(System.Globalization.CultureInfo.InvariantCulture);
        pod.Status.Conditions.Single(c => c.Type == type).Status = status;
        _pods[name] = pod;
        Workers?.Update(pod);
    }

    public Task<V1Pod?> PatchStatusAsync(V1Pod pod, V1PodStatus status, CancellationToken cancellationToken)
    {
        if (!_pods.TryGetValue(pod.Metadata.Name, out var there) || there.Metadata.Uid != pod.Metadata.Uid)
            return Task.FromResult<V1Pod?>(null);
        var changed = Clone(there);
        changed.Metadata.ResourceVersion = Interlocked.Increment(ref _revision).ToString(System.Globalization.CultureInfo.InvariantCulture);
        changed.Status = KubernetesJson.Deserialize<V1PodStatus>(KubernetesJson.Serialize(status));
        _pods[pod.Metadata.Name] = changed;
        Written.Enqueue((pod.Metadata.Name, changed.Status));
        Workers?.Update(changed);
        return Task.FromResult<V1Pod?>(changed);
    }

    public Task DeletePodAsync(V1Pod pod, CancellationToken cancellationToken)
    {
        if (_pods.TryRemove(pod.Metadata.Name, out var removed))
            Workers?.Remove(removed);
        return Task.CompletedTask;
    }

    public Task<V1ConfigMap?> ConfigMapAsync(string @namespace, string name, CancellationToken cancellationToken) =>
        Task.FromResult(ConfigMaps.GetValueOrDefault(name));

    public Task<V1PersistentVolumeClaim?> ClaimAsync(string @namespace, string name, CancellationToken cancellationToken) =>
        Task.FromResult(Claims.GetValueOrDefault(name));

    public Task<V1PersistentVolume?> VolumeAsync(string name, CancellationToken cancellationToken) => Task.FromResult(Volumes.GetValueOrDefault(name));

    public Task<V1Secret?> SecretAsync(string @namespace, string name, CancellationToken cancellationToken) =>
        Task.FromResult(Secrets.GetValueOrDefault(name));

    public Task<V1Service?> KubernetesServiceAsync(CancellationToken cancellationToken) => Task.FromResult<V1Service?>(new V1Service
    {
        Metadata = new V1ObjectMeta { Name = "kubernetes" },
        Spec = new V1ServiceSpec { ClusterIP = "10.43.0.1", Ports = [new V1ServicePort { Name = "https", Port = 443 }] },
    });

    public Task<IList<V1Service>> ServicesAsync(string @namespace, CancellationToken cancellationToken) => Task.FromResult<IList<V1Service>>([.. Services.Values]);

    public Task<V1TokenRequestStatus> TokenAsync(V1Pod pod, string? audience, long expirationSeconds, CancellationToken cancellationToken) =>
        Task.FromResult(new V1TokenRequestStatus
        {
            Token = $"token of {pod.Metadata.Name} for {audience}",
            ExpirationTimestamp = TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(expirationSeconds),
        });

    public void Event(V1Pod pod, string? container, string type, string reason, string message) =>
        Events.Enqueue((pod.Metadata.Name, reason, message));

    public string Told(string pod) =>
        Events.Where(e => e.Pod == pod).Aggregate(new StringBuilder(), (text, e) => text.AppendLine($"{e.Reason}: {e.Message}")).ToString();

    private static V1Pod Clone(V1Pod pod) => KubernetesJson.Deserialize<V1Pod>(KubernetesJson.Serialize(pod));
}
