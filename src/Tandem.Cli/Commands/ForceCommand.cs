using System.CommandLine;
using Tandem.Cli.Embedded;
using Tandem.Cli.Output;
using Tandem.Host;
using Tandem.Platform.Failover;
using Tandem.Platform.Spec;

namespace Tandem.Cli.Commands;

/// <summary><c>tandem lb force</c>: an operator's word counts before the health checks.</summary>
internal static class ForceCommand
{
    public static Command Create()
    {
        var file = CommonOptions.File();
        var state = CommonOptions.State();
        var output = CommonOptions.Output();
        var pool = new Argument<string>("POOL") { Description = "hot, standby, or the name of a pool." };
        var word = new Argument<string>("WORD") { Description = "up, down, or auto to let the health checks decide again." };
        word.AcceptOnlyFromAmong("up", "down", "auto");
        var command = new Command("force", "Put a pool in or out, whatever its health checks say (embedded load balancer only).") { pool, word, file, state, output };
        command.SetRunner(async (parsed, cancellationToken) =>
        {
            var spec = CommonOptions.Load(parsed.GetRequiredValue(file));
            if (spec.LoadBalancer.Cloudflare is not null)
                throw new UsageException("only the embedded load balancer takes an operator's word; with Cloudflare, disable the pool there, and enable it again");
            var folder = new StateFolder(spec.Name, parsed.GetRequiredValue(state));
            using var access = LoadBalancerAccess.Open(spec, folder);
            using var only = PlatformLock.Take(folder);
            var name = NameOf(spec, parsed.GetRequiredValue(pool));
            var pools = await access.Client.Pools(access.AccountId).ListAsync(cancellationToken);
            var id = pools.FirstOrDefault(p => p.Name == name)?.Id
                ?? throw new UsageException($"there is no pool '{name}'; there are: {string.Join(", ", pools.Select(p => p.Name).Order(StringComparer.Ordinal))}");
            var said = parsed.GetRequiredValue(word);
            await access.ForceAsync(id, said, cancellationToken);
            if (parsed.GetRequiredValue(output) == "json")
                Json.Print(new { pool = name, forced = said });
            new Progress().Done(said == "auto" ? $"the health checks decide on pool {name} again" : $"pool {name} is {said}, whatever its health checks say; undo with: tandem lb force {name} auto");
            return ExitCodes.Done;
        });
        return command;
    }

    private static string NameOf(PlatformSpec spec, string pool) =>
        spec.Clusters.Any(c => c.Name == pool) ? LoadBalancerSetup.PoolName(spec, pool) : pool;
}
