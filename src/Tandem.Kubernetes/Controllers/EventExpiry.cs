using k8s;
using k8s.Autorest;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Tandem.Kubernetes.Controllers;

/// <summary>Events live an hour, as on a real server.</summary>
internal sealed class EventExpiry(k8s.Kubernetes client, TimeProvider time, ILogger<EventExpiry> log) : BackgroundService
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await ExpireAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    private async Task ExpireAsync(CancellationToken cancellationToken)
    {
        try
        {
            var events = await client.CoreV1.ListEventForAllNamespacesAsync(cancellationToken: cancellationToken);
            var before = time.GetUtcNow().UtcDateTime - Lifetime;
            foreach (var old in events.Items.Where(e => (e.LastTimestamp ?? e.EventTime ?? e.Metadata.CreationTimestamp) < before))
                await client.CoreV1.DeleteNamespacedEventAsync(old.Metadata.Name, old.Metadata.NamespaceProperty, cancellationToken: cancellationToken);
        }
        catch (Exception e) when (e is HttpOperationException or HttpRequestException or IOException or System.Text.Json.JsonException)
        {
            log.ReconcileFailed(nameof(EventExpiry), "events", e);
        }
    }
}
