using System.CommandLine;
using Microsoft.Extensions.Logging;
using Tandem.Cli.Embedded;
using Tandem.Host;
using Tandem.Platform.Failover;

namespace Tandem.Cli.Commands;

/// <summary><c>tandem agent</c>: holds traffic on the standby where failback is not automatic. <c>tandem host</c> starts it.</summary>
internal static partial class AgentCommand
{
    public static Command Create()
    {
        var file = CommonOptions.File();
        var state = CommonOptions.State();
        var revision = new Option<string>("--revision") { Description = "Which platform file it is: another one makes the supervisor replace the agent." };
        var command = new Command("agent", "Keep the load balancer's preferred cluster as the failback policy says (started by 'tandem host').") { file, state, revision };
        command.Hidden = true;
        command.SetRunner(async (parsed, cancellationToken) =>
        {
            var spec = CommonOptions.Load(parsed.GetRequiredValue(file));
            if (spec.LoadBalancer.Failback.Automatic)
                throw new UsageException("failback is automatic: the load balancer does it without an agent");
            using var logs = LoggerFactory.Create(Logging.Configure);
            var log = logs.CreateLogger("Tandem.Agent");
            using var access = LoadBalancerAccess.Open(spec, new StateFolder(spec.Name, parsed.GetRequiredValue(state)));
            var order = new PoolOrder(access.Client, access.AccountId, access.ZoneId, spec);
            await new FailbackLoop(order, spec.LoadBalancer.Failback, message => Said(log, message), TimeProvider.System).RunAsync(cancellationToken);
            return ExitCodes.Done;
        });
        return command;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{What}")]
    private static partial void Said(ILogger log, string what);
}
