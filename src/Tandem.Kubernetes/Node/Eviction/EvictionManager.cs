using Grpc.Core;
using k8s.Models;
using Microsoft.Extensions.Logging;
using Tandem.Kubernetes.Node.Admission;
using Tandem.Kubernetes.Node.Images.Collection;
using Tandem.Kubernetes.Node.Pods;
using Tandem.Kubernetes.Node.Stats;

namespace Tandem.Kubernetes.Node.Eviction;

/// <summary>
/// Ends pods where the node runs out of memory or disk, one at a time, and those that keep more on the disk than they may. Looks
/// each ten seconds as the kubelet does, and sooner where a pod was just ended. Before a pod, images go that nothing uses.
/// </summary>
internal sealed class EvictionManager(PodServices services, PodWorkers workers, ImageCollector images, Action<string, string> tellNode)
{
    private static readonly TimeSpan Cleanup = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

    private readonly StatsReader _stats = new(services.Cri, services.Options, services.Time);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(services.Options.HousekeepingPeriod, services.Time);
        do
        {
            try
            {
                await LookAsync(cancellationToken);
            }
            catch (Exception e) when (e is RpcException or IOException && !cancellationToken.IsCancellationRequested)
            {
                services.Logger.LogWarning(e, "What the node has left is not known");
            }
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        var stats = await _stats.ReadAsync(cancellationToken);
        var shortages = Shortage.Of(stats, services.Options.Eviction);
        services.Pressure.Observe(shortages);
        var pods = workers.Pods;
        var evicted = pods.Where(p => !p.IsFinished() && !p.IsTerminating() && !EvictionRanking.IsCritical(p)).Select(p => (Pod: p, Message: Exceeded(p, stats)))
            .Where(p => p.Message is not null).ToList();
        if (evicted.Count == 0 && shortages is [var shortage, ..])
        {
            tellNode("EvictionThresholdMet", $"Attempting to reclaim {shortage.Resource}");
            // Where that gave room, the next look tells whether enough.
            if (shortage.Condition == Shortage.DiskPressure && await images.CollectAllAsync(cancellationToken) > 0)
                return;
            evicted = [.. EvictionRanking.Order(pods, stats, shortage).Take(1)
                .Select(p => (p, (string?)EvictionMessages.Low(p, stats.Pods.Single(s => s.Uid == p.Metadata.Uid), shortage)))];
        }

        foreach (var (pod, message) in evicted)
        {
            services.Api.Event(pod, null, "Warning", "Evicted", message!);
            workers.Evict(pod, new PodVerdict("Evicted", message!) { IsDisruption = true });
        }

        if (evicted.Count > 0)
            await GoneAsync([.. evicted.Select(e => e.Pod.Metadata.Uid)], cancellationToken);
    }

    private static string? Exceeded(V1Pod pod, NodeStats stats) =>
        stats.Pods.FirstOrDefault(s => s.Uid == pod.Metadata.Uid) is { } own ? StorageLimits.Exceeded(pod, own) : null;

    // What they used is free only once they have ended; before that nobody else has to go.
    private async Task GoneAsync(HashSet<string> uids, CancellationToken cancellationToken)
    {
        var began = services.Time.GetTimestamp();
        while (services.Time.GetElapsedTime(began) < Cleanup && workers.Pods.Any(p => uids.Contains(p.Metadata.Uid) && !p.IsFinished()))
            await Task.Delay(Poll, services.Time, cancellationToken);
    }
}
