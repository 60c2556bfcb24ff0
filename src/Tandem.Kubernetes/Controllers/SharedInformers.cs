using k8s;
using k8s.Models;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tandem.Client;

namespace Tandem.Kubernetes.Controllers;

/// <summary>One watch a kind for all controllers together.</summary>
internal sealed class SharedInformers(k8s.Kubernetes client, TimeProvider time, ILogger<SharedInformers> log) : BackgroundService
{
    private readonly TaskCompletionSource _synced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Dictionary<Type, (object Shared, Func<CancellationToken, Task> Run, Task Synced)> _kinds = [];

    /// <summary>Completes when every kind that somebody asked for was listed once.</summary>
    public Task Synced => _synced.Task;

    public Shared<V1Pod> Pods => Of<V1Pod>();

    public Shared<V1ReplicaSet> ReplicaSets => Of<V1ReplicaSet>();

    public Shared<V1Deployment> Deployments => Of<V1Deployment>();

    public Shared<V1DaemonSet> DaemonSets => Of<V1DaemonSet>();

    public Shared<V1StatefulSet> StatefulSets => Of<V1StatefulSet>();

    public Shared<V1Job> Jobs => Of<V1Job>();

    public Shared<V1CronJob> CronJobs => Of<V1CronJob>();

    public Shared<V1ResourceQuota> ResourceQuotas => Of<V1ResourceQuota>();

    public Shared<V1PodDisruptionBudget> PodDisruptionBudgets => Of<V1PodDisruptionBudget>();

    public Shared<V2HorizontalPodAutoscaler> HorizontalPodAutoscalers => Of<V2HorizontalPodAutoscaler>();

    public Shared<V1PersistentVolume> PersistentVolumes => Of<V1PersistentVolume>();

    public Shared<V1PersistentVolumeClaim> PersistentVolumeClaims => Of<V1PersistentVolumeClaim>();

    public Shared<V1StorageClass> StorageClasses => Of<V1StorageClass>();

    public Shared<V1Service> Services => Of<V1Service>();

    public Shared<V1Namespace> Namespaces => Of<V1Namespace>();

    public Shared<V1Node> Nodes => Of<V1Node>();

    public Shared<V1ClusterRole> ClusterRoles => Of<V1ClusterRole>();

    public Shared<V1ServiceAccount> ServiceAccounts => Of<V1ServiceAccount>();

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var running = Task.WhenAll(_kinds.Values.Select(k => k.Run(stoppingToken)));
        await Task.WhenAny(Task.WhenAll(_kinds.Values.Select(k => k.Synced)), running);
        _synced.TrySetResult();
        await running;
    }

    /// <summary>A kind is watched when somebody asked for it before the start; all do so in their constructors.</summary>
    private Shared<T> Of<T>()
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        if (_kinds.TryGetValue(typeof(T), out var known))
            return (Shared<T>)known.Shared;
        var shared = new Shared<T>();
        var informer = new Informer<T>(RestSource.Of<T>(client), shared.Publish, time, m => log.LogInformation("{Message}", m));
        shared.Informer = informer;
        _kinds[typeof(T)] = (shared, informer.RunAsync, informer.Synced);
        return shared;
    }

    /// <summary>A kind's objects, and who wants to hear of their changes.</summary>
    internal sealed class Shared<T>
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        public Informer<T> Informer { get; set; } = null!;

        public IEnumerable<T> All => Informer.Cache.Values;

        public event Action<InformerEvent<T>>? Changed;

        public void Publish(InformerEvent<T> change) => Changed?.Invoke(change);
    }
}
