using System.CommandLine;
using Tandem.Platform.Failover;

namespace Tandem.Cli.Commands.Traffic;

/// <summary><c>tandem failback</c>: traffic returns to the hot cluster by an operator's word.</summary>
internal static class FailbackCommand
{
    public static Command Create()
    {
        var arguments = new TrafficArguments();
        var command = new Command("failback", "Return traffic to the hot cluster: after a switchover, or where failback is manual or its time is not over yet.");
        arguments.AddTo(command);
        command.SetRunner((parsed, cancellationToken) => arguments.RunAsync(parsed, RunAsync, cancellationToken));
        return command;
    }

    private static async Task RunAsync(TrafficSession session, CancellationToken cancellationToken)
    {
        var changed = false;
        await session.Audit.RunAsync("failback", session.Reason, session.Override, await session.BrokenAsync(cancellationToken), async () =>
        {
            var outcome = await ManualFailback.RunAsync(session.Order, cancellationToken);
            if (outcome == FailbackOutcome.NotSetUp)
                throw session.NotSetUp();
            if (outcome == FailbackOutcome.HotNotHealthy)
                throw new RefusedException("the hot cluster is not healthy, and would be given traffic; see: tandem status");
            changed = outcome == FailbackOutcome.Done;
            return changed ? "the hot cluster is preferred again" : null;
        });
        if (session.Json)
            Output.Json.Print(new { preferred = "hot", changed });
        session.Progress.Done(changed ? "the hot cluster is preferred again" : "the hot cluster was preferred already");
    }
}
