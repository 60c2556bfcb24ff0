using System.CommandLine;
using Microsoft.Extensions.Logging;
using Tandem.Cli.Agent;
using Tandem.Cli.Embedded;
using Tandem.Host;
using Tandem.Platform.Clusters;
using Tandem.Platform.Failover;
using Tandem.Platform.History;
using Tandem.Platform.Parity;
using Tandem.Platform.Parity.Watching;
using Tandem.Platform.Releases;
using Tandem.Platform.Spec;

namespace Tandem.Cli.Commands;

/// <summary><c>tandem agent</c>: watches both clusters, tells whether the standby is ready, and holds the order of the pools. <c>tandem host</c>, or a user's service manager, starts it.</summary>
internal static partial class AgentCommand
{
    public static Command Create()
    {
        var file = CommonOptions.File();
        var state = CommonOptions.State();
        var revision = new Option<string>("--revision") { Description = "Which platform file it is: another one makes the supervisor replace the agent.", Hidden = true };
        var command = new Command("agent", "Watch both clusters, and keep the load balancer's pools as the policies say, until stopped. 'up' starts it on a platform with embedded parts.") { file, state, revision };
        command.SetRunner(async (parsed, cancellationToken) =>
        {
            var spec = CommonOptions.Load(parsed.GetRequiredValue(file));
            using var logs = LoggerFactory.Create(Logging.Configure);
            await RunAsync(spec, new StateFolder(spec.Name, parsed.GetRequiredValue(state)), logs.CreateLogger("Tandem.Agent"), cancellationToken);
            return ExitCodes.Done;
        });
        return command;
    }

    private static async Task RunAsync(PlatformSpec spec, StateFolder state, ILogger log, CancellationToken cancellationToken)
    {
        Action<string> say = message => Said(log, message);
        Verdict? current = null;
        var changes = new VerdictLog(say);
        using var access = LoadBalancerAccess.Open(spec, state);
        await using var server = await AgentServer.StartAsync(spec.AgentPort, () => Volatile.Read(ref current), TimeProvider.System, cancellationToken);

        // Whoever of them ends does so by a fault that it did not expect: then all end, and the supervisor starts the agent anew. The order
        // is held from the beginning: it must not wait for a cluster that does not start.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task[] running = [WatchAsync(spec, state, Judged, say, stop.Token), HoldOrderAsync(spec, access, () => Volatile.Read(ref current), say, stop.Token)];
        await await Task.WhenAny(running);
        await stop.CancelAsync();
        await Task.WhenAll(running);

        void Judged(Verdict verdict)
        {
            Volatile.Write(ref current, verdict);
            changes.Add(verdict);
        }
    }

    private static async Task WatchAsync(PlatformSpec spec, StateFolder state, Action<Verdict> judged, Action<string> say, CancellationToken cancellationToken)
    {
        IReadOnlyList<Cluster> clusters;
        try
        {
            clusters = await ClusterAccess.WhenStartedAsync(spec, state, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return;
        }

        var watch = new ParityWatch(clusters[0], clusters[1], spec.Name, TimeProvider.System);
        var keeper = new VerdictKeeper(watch, judged, TimeProvider.System);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task[] running =
        [
            watch.RunAsync(stop.Token),
            keeper.RunAsync(stop.Token),
            new MissedReleases(keeper, token => SyncAsync(spec, clusters, say, token), say, TimeProvider.System).RunAsync(stop.Token),
        ];
        await await Task.WhenAny(running);
        await stop.CancelAsync();
        await Task.WhenAll(running);
    }

    /// <summary>With automatic failback and readiness that is not enforced the load balancer does all by itself.</summary>
    private static async Task HoldOrderAsync(PlatformSpec spec, LoadBalancerAccess access, Func<Verdict?> verdict, Action<string> say, CancellationToken cancellationToken)
    {
        if (spec.LoadBalancer.Failback.Automatic && !spec.EnforceReadiness)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return;
        }

        var order = new PoolOrder(access.Client, access.AccountId, access.ZoneId, spec);
        await new FailbackLoop(order, spec.LoadBalancer.Failback, () => Admission.Of(spec, verdict()), say, TimeProvider.System).RunAsync(cancellationToken);
    }

    /// <summary>The standby first: the cluster that missed a release does not matter to the order, and the other one has nothing to do.</summary>
    private static async Task<IReadOnlyList<string>> SyncAsync(
        PlatformSpec spec, IReadOnlyList<Cluster> clusters, Action<string> say, CancellationToken cancellationToken)
    {
        var author = $"agent@{Environment.MachineName}";
        var manager = new ReleaseManager(
            [.. clusters.Reverse().Select(c => new ReleaseSite(c, spec.Name, text => say($"{c.Name}: {text}"), TimeProvider.System))], spec.Name, say, TimeProvider.System);
        var synced = await manager.SyncAsync(null, new ReleaseOptions(author) { OnlyMissed = true }, cancellationToken);
        if (synced.Count > 0)
            await new HistoryStore(clusters, spec.Name).AppendAsync(
                new HistoryEntry(Guid.CreateVersion7().ToString(), TimeProvider.System.GetUtcNow(), author, "sync", HistoryOutcome.Done)
                {
                    What = string.Join(" and ", synced), Reason = "a release was missed",
                },
                cancellationToken);
        return synced;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{What}")]
    private static partial void Said(ILogger log, string what);
}
