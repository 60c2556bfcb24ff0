using System.CommandLine;
using Tandem.Platform.Failover;

namespace Tandem.Cli.Commands.Traffic;

/// <summary><c>tandem hold</c>: traffic stays where it is, whatever the failback policy says.</summary>
internal static class HoldCommand
{
    public static Command Create()
    {
        var arguments = new TrafficArguments();
        var command = new Command("hold", "Keep the traffic where it is: no failback until 'resume'. A cluster that goes down is left all the same.");
        arguments.AddTo(command);
        command.SetRunner((parsed, cancellationToken) => arguments.RunAsync(parsed, RunAsync, cancellationToken));
        return command;
    }

    private static async Task RunAsync(TrafficSession session, CancellationToken cancellationToken)
    {
        var serving = (await session.HealthAsync(cancellationToken)).Serving ?? throw session.NotSetUp();
        await session.Audit.RunAsync("hold", session.Reason, session.Override, [], async () =>
            await Switchover.RunAsync(session.Order, session.Prefer(serving), cancellationToken) == SwitchoverOutcome.NothingToDo ? null : $"{serving} is held");
        if (session.Json)
            Output.Json.Print(new { serving, held = true });
        session.Progress.Done($"the {serving} cluster is held until: tandem resume");
    }
}
