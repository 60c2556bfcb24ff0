using k8s.Models;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tandem.Client;
using Tandem.Kubernetes.Node.Cri;
using Tandem.Kubernetes.Node.Eviction;
using Tandem.Kubernetes.Node.Images.Collection;
using Tandem.Kubernetes.Node.LocalPath;
using Tandem.Kubernetes.Node.Logs;
using Tandem.Kubernetes.Node.Pods;
using Tandem.Kubernetes.Node.Registration;

namespace Tandem.Kubernetes.Node;

/// <summary>
/// The node of an embedded cluster: registers itself and runs the pods that the API assigns to it, through containerd. An
/// ordinary client of both. When it stops, or is killed, the pods run on; when it starts again, it takes them up.
/// </summary>
/// <param name="client">The cluster's API.</param>
/// <param name="options">The node.</param>
/// <param name="time">The clock.</param>
/// <param name="loggers">Told of what fails.</param>
public sealed class NodeAgent(k8s.Kubernetes client, NodeOptions options, TimeProvider time, ILoggerFactory loggers) : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        Directory.CreateDirectory(options.StateDirectory);
        var logger = loggers.CreateLogger<NodeAgent>();
        using var cri = new CriClient(options.ContainerdSocket);
        var events = new EventRecorder(client, options.NodeName, time, logger);
        using var services = new PodServices(options, new NodeApi(client, events), cri, time, logger);
        var workers = new PodWorkers(services, stoppingToken);
        var heartbeat = new NodeHeartbeat(client, options, cri, workers, services.Pressure, events, time, logger);
        using var images = new ImageCollector(cri, options, heartbeat.Warn, time, logger);
        var eviction = new EvictionManager(services, workers, images, heartbeat.Warn);
        var logs = new LogRotator(cri, options.ContainerLogMaxSize, time, logger);
        var pods = new Informer<V1Pod>(
            RestSource.Of<V1Pod>(client, $"spec.nodeName={options.NodeName}"), change => Dispatch(change, workers), time,
            m => logger.LogInformation("{Message}", m));
        var storage = new LocalPathProvisioner(client, options, events, time, logger);
        await Task.WhenAll(
            SuperviseAsync("storage", storage.RunAsync, logger, stoppingToken),
            SuperviseAsync("events", events.RunAsync, logger, stoppingToken),
            SuperviseAsync("pods", pods.RunAsync, logger, stoppingToken),
            SuperviseAsync("runtime", workers.RunAsync, logger, stoppingToken),
            SuperviseAsync("eviction", eviction.RunAsync, logger, stoppingToken),
            SuperviseAsync("images", images.RunAsync, logger, stoppingToken),
            SuperviseAsync("logs", logs.RunAsync, logger, stoppingToken),
            SuperviseAsync("heartbeat", heartbeat.RunAsync, logger, stoppingToken),
            NameSyncedAsync(pods, workers, stoppingToken));
    }

    private static void Dispatch(InformerEvent<V1Pod> change, PodWorkers workers)
    {
        if (change.New is { } pod)
            workers.Update(pod);
        else
            workers.Remove(change.Old!);
    }

    private static async Task NameSyncedAsync(Informer<V1Pod> pods, PodWorkers workers, CancellationToken cancellationToken)
    {
        await pods.Synced.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!cancellationToken.IsCancellationRequested)
            workers.Synced();
    }

    // Each loop handles what it expects; what it does not expect ends neither the agent nor, for long, the loop.
    private async Task SuperviseAsync(string name, Func<CancellationToken, Task> run, ILogger logger, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await run(cancellationToken);
            }
            catch (Exception) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                logger.LogError(e, "The node's loop '{Loop}' failed and is started again", name);
                await Task.Delay(TimeSpan.FromSeconds(1), time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
