using System.CommandLine;
using Microsoft.Extensions.Logging;
using Tandem.Host;

namespace Tandem.Cli.Commands;

/// <summary><c>tandem host</c>: the supervisor of one machine. <c>tandem up</c> starts it.</summary>
internal static class HostCommand
{
    public static Command Create()
    {
        var plan = new Option<string>("--plan") { Description = "The plan that 'tandem up' wrote.", Required = true };
        var state = CommonOptions.State();
        var command = new Command("host", "Keep a platform's processes running (started by 'tandem up').") { plan, state };
        command.Hidden = true;
        command.SetRunner(async (parsed, cancellationToken) =>
        {
            using var logs = LoggerFactory.Create(Logging.Configure);
            await HostProgram.RunAsync(parsed.GetRequiredValue(plan), parsed.GetRequiredValue(state), logs, cancellationToken);
            return ExitCodes.Done;
        });
        return command;
    }
}
