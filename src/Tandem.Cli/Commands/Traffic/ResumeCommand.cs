using System.CommandLine;
using Tandem.Platform.Failover;

namespace Tandem.Cli.Commands.Traffic;

/// <summary><c>tandem resume</c>: the failback policy holds again.</summary>
internal static class ResumeCommand
{
    public static Command Create()
    {
        var arguments = new TrafficArguments();
        var command = new Command("resume", "End a hold: the failback policy decides again. Where it is automatic, traffic returns to the hot cluster.");
        arguments.AddTo(command);
        command.SetRunner((parsed, cancellationToken) => arguments.RunAsync(parsed, RunAsync, cancellationToken));
        return command;
    }

    private static async Task RunAsync(TrafficSession session, CancellationToken cancellationToken)
    {
        var before = await session.Order.ReadAsync(cancellationToken) ?? throw session.NotSetUp();
        var moves = before.Preference is { Cluster: "standby" } && session.Spec.LoadBalancer.Failback.Automatic;
        await session.Audit.RunAsync("resume", session.Reason, session.Override, moves ? await session.BrokenAsync(cancellationToken) : [], async () =>
            await Switchover.ResumeAsync(session.Order, session.Spec.LoadBalancer.Failback, cancellationToken) is { } held ? $"{held.Cluster} is no longer held" : null);
        if (session.Json)
            Output.Json.Print(new { held = false, changed = before.Preference is not null });
        session.Progress.Done(before.Preference is null ? "nothing was held" : moves ? "traffic returns to the hot cluster" : "the failback policy decides again");
    }
}
