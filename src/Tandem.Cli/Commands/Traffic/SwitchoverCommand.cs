using System.CommandLine;
using System.Globalization;
using Tandem.Cli.Commands.Parity;
using Tandem.Platform.Failover;

namespace Tandem.Cli.Commands.Traffic;

/// <summary><c>tandem switchover</c>: a planned move of the traffic, that loses no request.</summary>
internal static class SwitchoverCommand
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static Command Create()
    {
        var arguments = new TrafficArguments();
        var to = new Option<string?>("--to") { Description = "hot or standby. Without it, the one that does not serve." };
        to.AcceptOnlyFromAmong("hot", "standby");
        var noWait = new Option<bool>("--no-wait") { Description = "Do not wait until the answers that resolvers keep have run out." };
        var command = new Command("switchover", "Move the traffic to the other cluster on purpose, and hold it there until 'resume' or 'failback'.") { to, noWait };
        arguments.AddTo(command);
        command.SetRunner((parsed, cancellationToken) => arguments.RunAsync(
            parsed, (session, stop) => RunAsync(session, parsed.GetValue(to), !parsed.GetValue(noWait), stop), cancellationToken));
        return command;
    }

    private static async Task RunAsync(TrafficSession session, string? to, bool wait, CancellationToken cancellationToken)
    {
        var serving = (await session.HealthAsync(cancellationToken)).Serving ?? throw session.NotSetUp();
        var target = to ?? (serving == "hot" ? "standby" : "hot");
        var broken = await session.BrokenAsync(cancellationToken);
        if (target == "standby" && target != serving && await UnreadyAsync(session, cancellationToken) is { } because)
            broken = [.. broken, $"the standby is not ready to take over: {because}; see tandem parity"];
        var moved = false;
        await session.Audit.RunAsync("switchover", session.Reason, session.Override, broken, async () =>
        {
            var outcome = await Switchover.RunAsync(session.Order, session.Prefer(target), cancellationToken);
            if (outcome == SwitchoverOutcome.NotHealthy)
                throw new RefusedException($"the {target} cluster is not healthy, and would be given the traffic of one that is; see: tandem status");
            if (outcome == SwitchoverOutcome.NotSetUp)
                throw session.NotSetUp();
            moved = outcome == SwitchoverOutcome.Moved;
            if (moved)
                await DrainAsync(session, serving, target, wait, cancellationToken);
            return outcome == SwitchoverOutcome.NothingToDo ? null : moved ? $"from {serving} to {target}" : $"{target} is held";
        });
        if (session.Json)
            Output.Json.Print(new { serving = target, moved, held = true });
        session.Progress.Done(moved ? $"the {target} cluster serves, and is held until: tandem resume" : $"the {target} cluster served already; it is held until: tandem resume");
    }

    /// <returns>Why the standby is not ready; null where it is.</returns>
    private static async Task<string?> UnreadyAsync(TrafficSession session, CancellationToken cancellationToken)
    {
        if (session.Clusters.Count == 0)
            return "nobody can say";
        var verdict = await ParityLook.JudgeAsync(session.Spec, session.Clusters, cancellationToken);
        return verdict.Ready ? null : verdict.Because;
    }

    /// <summary>The cluster that is left serves on until no resolver sends anybody there any more.</summary>
    private static async Task DrainAsync(TrafficSession session, string from, string target, bool wait, CancellationToken cancellationToken)
    {
        var began = TimeProvider.System.GetTimestamp();
        while ((await session.HealthAsync(cancellationToken)).Serving != target)
        {
            if (TimeProvider.System.GetElapsedTime(began) > Patience)
                throw new NotReadyException($"the load balancer does not answer with the {target} cluster; see: tandem status");
            await Task.Delay(Poll, TimeProvider.System, cancellationToken);
        }

        session.Progress.Say($"new clients reach the {target} cluster");
        if (!wait || session.Spec.LoadBalancer.Proxied)
            return;
        session.Progress.Say(string.Create(
            CultureInfo.InvariantCulture, $"resolvers may keep the old answer for {session.Spec.LoadBalancer.Ttl.TotalSeconds:0} s: keep {from} running until then"));
        await Task.Delay(session.Spec.LoadBalancer.Ttl, TimeProvider.System, cancellationToken);
    }
}
