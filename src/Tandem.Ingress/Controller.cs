using k8s;
using Tandem.Ingress.Cluster;
using Tandem.Ingress.Nginx;
using Tandem.Ingress.Translation;

namespace Tandem.Ingress;

/// <summary>Turns what the cluster says into what nginx does, over and over.</summary>
internal sealed class Controller(IKubernetes client, ControllerOptions options, ControllerLog log, TimeProvider time)
{
    private static readonly TimeSpan TellLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(5);
    private readonly ChangeSignal _changed = new(time);
    private string? _loaded;
    private string? _refused;
    private ITimer? _retry;

    /// <summary>Runs until cancelled; then nginx has ended too.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var nginx = new NginxProcess(options.Nginx, log, time);
        var loader = new ConfigurationLoader(options.Nginx, nginx, log, time);
        var view = new ClusterView(client, _changed.Set, log, time);
        await loader.PrepareAsync(cancellationToken);

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        // An earlier run's configuration serves until the API is heard: without the API the routes are still right.
        var configured = new TaskCompletionSource();
        if (loader.HasConfiguration)
            configured.TrySetResult();
        Task[] tasks =
        [
            view.RunAsync(stop.Token),
            TranslateAsync(view, loader, configured, stop.Token),
            RunWhenConfiguredAsync(nginx, configured.Task, stop.Token),
        ];
        await Task.WhenAny(tasks); // none ends by itself: if one does, all end, and the kubelet starts the container again
        await stop.CancelAsync();
        try
        {
            await Task.WhenAll(tasks);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Asked to end.
        }
    }

    private static async Task RunWhenConfiguredAsync(NginxProcess nginx, Task configured, CancellationToken cancellationToken)
    {
        await configured.WaitAsync(cancellationToken);
        await nginx.RunAsync(cancellationToken);
    }

    private async Task TranslateAsync(ClusterView view, ConfigurationLoader loader, TaskCompletionSource configured, CancellationToken cancellationToken)
    {
        var problems = new ProblemReporter(client, options.Instance, log, time);
        var status = options.NodeAddress is { } address ? new StatusPublisher(client, address, log) : null;
        await view.Synced.WaitAsync(cancellationToken);
        while (true)
        {
            await _changed.WaitAsync(cancellationToken);
            var configuration = IngressConfiguration.From(view.Snapshot());
            if (await LoadAsync(loader, configuration, cancellationToken))
                configured.TrySetResult();
            await TellAsync(problems, status, configuration, cancellationToken);
        }
    }

    /// <summary>What the API is told must not hold up the next configuration.</summary>
    private async Task TellAsync(
        ProblemReporter problems, StatusPublisher? status, IngressConfiguration configuration, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(TellLimit, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            await problems.ReportAsync(configuration.Problems, limit.Token);
            if (status is not null)
                await status.PublishAsync(configuration.Served, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            log.Warning($"the API did not take events and status within {TellLimit.TotalSeconds:0} s");
        }
    }

    private async Task<bool> LoadAsync(ConfigurationLoader loader, IngressConfiguration configuration, CancellationToken cancellationToken)
    {
        var (_, generation) = NginxConfiguration.Render(configuration, options.Nginx.Settings);
        if (generation == _loaded || generation == _refused)
            return generation == _loaded;
        try
        {
            await loader.LoadAsync(configuration, cancellationToken);
            _loaded = generation;
            return true;
        }
        catch (ConfigurationRefusedException e)
        {
            _refused = generation; // trying the same again would change nothing
            log.Error("the configuration before stays in force", e);
        }
        catch (Exception e) when (e is TimeoutException or IOException)
        {
            log.Error("the configuration could not be loaded; trying again", e);
            _retry?.Dispose();
            _retry = time.CreateTimer(_ => _changed.Set(), null, RetryPause, Timeout.InfiniteTimeSpan);
        }

        return false;
    }
}
