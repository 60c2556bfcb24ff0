using System.CommandLine;
using Tandem.Host;
using Tandem.LoadBalancer;

namespace Tandem.Cli.Commands;

/// <summary><c>tandem lb run</c>: the embedded load balancer. <c>tandem host</c> starts it.</summary>
internal static class LoadBalancerRunCommand
{
    public static Command Create()
    {
        var plan = new Option<string>("--plan") { Description = "The plan that 'tandem up' wrote.", Required = true };
        var server = new Option<int>("--server") { Description = "Which of its servers this is.", DefaultValueFactory = _ => 1 };
        var of = new Option<int>("--of") { Description = "Of how many.", DefaultValueFactory = _ => 1 };
        var command = new Command("run", "Run the embedded load balancer (started by 'tandem host').") { plan, server, of };
        command.Hidden = true;
        command.SetRunner(async (parsed, cancellationToken) =>
        {
            var file = parsed.GetRequiredValue(plan);
            var read = HostPlan.Read(file);
            var lb = read.LoadBalancer ?? throw new UsageException($"{file} has no load balancer");
            var servers = NameServerPlan.Of(lb);
            if (parsed.GetRequiredValue(of) != servers.Count)
                throw new UsageException($"{file} has {servers.Count} name servers, not {parsed.GetRequiredValue(of)}");
            var self = servers.FirstOrDefault(s => s.Number == parsed.GetRequiredValue(server))
                ?? throw new UsageException($"{file} has the name servers 1 to {servers.Count}");
            var state = new StateFolder(read.Platform, Path.GetDirectoryName(Path.GetDirectoryName(file)));
            await LoadBalancerProgram.RunAsync(
                new LoadBalancerOptions
                {
                    StateDirectory = state.NameServer(self),
                    DnsEndPoints = [self.Dns],
                    ApiEndPoint = self.Api,
                    Peers = [.. servers.Where(s => s != self).Select(s => s.Api)],
                    NameServers = [.. servers.Select(s => new NameServer(s.Label, s.Dns.Address))],
                    TokenFile = state.LoadBalancerToken,
                    AccountId = lb.AccountId,
                    ZoneId = lb.ZoneId,
                    ZoneName = lb.ZoneName,
                },
                cancellationToken: cancellationToken);
            return ExitCodes.Done;
        });
        return command;
    }
}
