using System.Net;
using k8s;
using k8s.Autorest;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Tandem.Kubernetes.Controllers;

/// <summary>
/// A control loop: informers say what changed, the work queue which object to look at, and the subclass makes the world
/// what the object says. It reads live from the API, which shows every caller its own writes, so nothing has to be
/// remembered between two rounds.
/// </summary>
internal abstract class Controller(SharedInformers informers, TimeProvider time, ILogger log) : BackgroundService
{
    /// <summary>Everything is looked at again now and then, should a change have been missed.</summary>
    private static readonly TimeSpan Resync = TimeSpan.FromMinutes(5);

    /// <summary>As many objects at once as kube-controller-manager's own default of most controllers.</summary>
    private const int Workers = 5;

    protected WorkQueue Queue { get; } = new(time);

    protected TimeProvider Time => time;

    protected SharedInformers Informers => informers;

    /// <summary>Makes the world what the object says. Called again after it throws.</summary>
    /// <param name="namespace">Empty for what is not in one.</param>
    /// <param name="name">The object, which may be gone.</param>
    /// <param name="cancellationToken">The process is stopping.</param>
    protected abstract Task ReconcileAsync(string @namespace, string name, CancellationToken cancellationToken);

    /// <summary>Adds every object to the queue.</summary>
    protected abstract void EnqueueAll();

    protected void Enqueue(string? @namespace, string name) => Queue.Add($"{@namespace}/{name}");

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await informers.Synced.WaitAsync(stoppingToken);
            await Task.WhenAll([ResyncAsync(stoppingToken), .. Enumerable.Range(0, Workers).Select(_ => WorkAsync(stoppingToken))]);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    private async Task ResyncAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Resync, time);
        do
            EnqueueAll();
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    private async Task WorkAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var key = await Queue.TakeAsync(cancellationToken);
            var failed = false;
            try
            {
                var slash = key.IndexOf('/');
                await ReconcileAsync(key[..slash], key[(slash + 1)..], cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                throw;
            }
            catch (HttpOperationException e) when (e.Response.StatusCode is HttpStatusCode.Conflict or HttpStatusCode.NotFound)
            {
                // Somebody changed or deleted it in between: look again.
                failed = true;
            }
            catch (HttpOperationException e)
            {
                failed = true;
                log.ReconcileRefused(GetType().Name, key, e.Response.Content);
            }
            catch (Exception e)
            {
                failed = true;
                log.ReconcileFailed(GetType().Name, key, e);
            }

            Queue.Done(key, failed);
        }
    }

    /// <summary>Null instead of an exception for what is not there.</summary>
    protected static async Task<T?> FindAsync<T>(Func<Task<T>> read)
        where T : class, IKubernetesObject
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

internal static partial class ControllerLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "{Controller} {Key}: {Answer}")]
    public static partial void ReconcileRefused(this ILogger log, string controller, string key, string answer);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Controller} {Key} failed; it is tried again")]
    public static partial void ReconcileFailed(this ILogger log, string controller, string key, Exception reason);
}
