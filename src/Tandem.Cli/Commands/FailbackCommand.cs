using System.CommandLine;
using Tandem.Cli.Embedded;
using Tandem.Cli.Output;
using Tandem.Host;
using Tandem.Platform.Failover;

namespace Tandem.Cli.Commands;

/// <summary><c>tandem failback</c>: traffic returns to the hot cluster by an operator's word.</summary>
internal static class FailbackCommand
{
    public static Command Create()
    {
        var file = CommonOptions.File();
        var state = CommonOptions.State();
        var output = CommonOptions.Output();
        var command = new Command("failback", "Return traffic to the hot cluster, where failback is manual or its time is not over yet.") { file, state, output };
        command.SetRunner(async (parsed, cancellationToken) =>
        {
            var spec = CommonOptions.Load(parsed.GetRequiredValue(file));
            var folder = new StateFolder(spec.Name, parsed.GetRequiredValue(state));
            using var access = LoadBalancerAccess.Open(spec, folder);
            using var only = PlatformLock.Take(folder);
            var outcome = await ManualFailback.RunAsync(new PoolOrder(access.Client, access.AccountId, access.ZoneId, spec), cancellationToken);
            if (outcome == FailbackOutcome.NotSetUp)
                throw new NotRunningException($"the load balancer does not know {spec.Hostname} yet; run: tandem up");
            if (outcome == FailbackOutcome.HotNotHealthy)
                throw new RefusedException("the hot cluster is not healthy, and would be given traffic; see: tandem status");
            var changed = outcome == FailbackOutcome.Done;
            if (parsed.GetRequiredValue(output) == "json")
                Json.Print(new { preferred = "hot", changed });
            new Progress().Done(changed ? "the hot cluster is preferred again" : "the hot cluster was preferred already");
            return ExitCodes.Done;
        });
        return command;
    }
}
