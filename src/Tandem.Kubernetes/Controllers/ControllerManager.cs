using k8s;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tandem.Kubernetes.Api;
using Tandem.Kubernetes.Api.Pki;
using Tandem.Kubernetes.Client;
using Tandem.Kubernetes.Controllers.Autoscaling;
using Tandem.Kubernetes.Controllers.CronJobs;
using Tandem.Kubernetes.Controllers.Jobs;
using Tandem.Kubernetes.Controllers.Nodes;
using Tandem.Kubernetes.Controllers.Policy;
using Tandem.Kubernetes.Controllers.Quotas;
using Tandem.Kubernetes.Controllers.Services;
using Tandem.Kubernetes.Controllers.Volumes;
using Tandem.Kubernetes.Scheduling;

namespace Tandem.Kubernetes.Controllers;

/// <summary>
/// Runs the controllers and the scheduler, each an ordinary client of the API with an identity and rights of its own,
/// once the API answers.
/// </summary>
internal sealed class ControllerManager(ClusterOptions options, ClusterPki pki, Bootstrap bootstrap, TimeProvider time, ILoggerFactory logs) : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await bootstrap.Done.WaitAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }

        await Task.WhenAll(
            RunAsync("system:kube-controller-manager", AddControllers, stoppingToken),
            RunAsync("system:kube-scheduler", s => s.AddSingleton<Preemptor>().AddHostedService<Scheduler>(), stoppingToken));
    }

    private static void AddControllers(IServiceCollection services) => services
        .AddHostedService<ReplicaSetController>()
        .AddHostedService<DeploymentController>()
        .AddHostedService<DaemonSetController>()
        .AddHostedService<StatefulSetController>()
        .AddHostedService<JobController>()
        .AddHostedService<CronJobController>()
        .AddSingleton<DeletionFeed>()
        .AddHostedService<ResourceQuotaController>()
        .AddSingleton<ControllerScale>()
        .AddHostedService<DisruptionController>()
        .AddHostedService<HorizontalPodAutoscalerController>()
        .AddHostedService<PersistentVolumeController>()
        .AddHostedService<StorageProtectionController>()
        .AddHostedService<EphemeralVolumeController>()
        .AddHostedService<EndpointsController>()
        .AddHostedService<ServiceController>()
        .AddHostedService<NodeLifecycleController>()
        .AddHostedService<TaintEvictionController>()
        .AddHostedService<PodGarbageCollector>()
        .AddHostedService<NamespaceDefaultsController>()
        .AddHostedService<NamespaceController>()
        .AddHostedService<ClusterRoleAggregationController>()
        .AddHostedService<GarbageCollector>()
        .AddHostedService<EventExpiry>();

    private async Task RunAsync(string user, Action<IServiceCollection> add, CancellationToken cancellationToken)
    {
        var services = new ServiceCollection();
        services.AddSingleton(logs);
        services.AddSingleton(typeof(ILogger<>), typeof(Logger<>));
        services.AddSingleton(time);
        services.AddSingleton(options);
        services.AddSingleton(pki);
        services.AddSingleton(ApiClients.Create(options, pki, user));
        services.AddSingleton<IKubernetes>(s => s.GetRequiredService<k8s.Kubernetes>());
        services.AddSingleton<EventRecorder>();
        services.AddSingleton<SharedInformers>();
        add(services);
        await using var provider = services.BuildServiceProvider();
        var informers = provider.GetRequiredService<SharedInformers>();
        var hosted = provider.GetServices<IHostedService>().ToList();

        // The controllers register for changes when they are made; only then may the first list arrive.
        foreach (var service in hosted.Append(informers))
            await service.StartAsync(cancellationToken);
        await Task.WhenAll(hosted.OfType<BackgroundService>().Append(informers).Select(s => s.ExecuteTask!));
    }
}
