using System.CommandLine;
using System.Net;
using Tandem.Host;
using Tandem.LoadBalancer;
using Tandem.LoadBalancer.Notifications;

namespace Tandem.Cli.Commands;

/// <summary><c>tandem lb run</c>: the embedded load balancer. <c>tandem host</c> starts it.</summary>
internal static class LoadBalancerRunCommand
{
    public static Command Create()
    {
        var plan = new Option<string>("--plan") { Description = "The plan that 'tandem up' wrote.", Required = true };
        var revision = new Option<string>("--revision") { Description = "Which plan it is: another one makes the supervisor replace the load balancer." };
        var command = new Command("run", "Run the embedded load balancer (started by 'tandem host').") { plan, revision };
        command.Hidden = true;
        command.SetRunner(async (parsed, cancellationToken) =>
        {
            var file = parsed.GetRequiredValue(plan);
            var read = HostPlan.Read(file);
            var lb = read.LoadBalancer ?? throw new UsageException($"{file} has no load balancer");
            var state = new StateFolder(read.Platform, Path.GetDirectoryName(Path.GetDirectoryName(file)));
            await LoadBalancerProgram.RunAsync(
                new LoadBalancerOptions
                {
                    StateDirectory = state.LoadBalancer,
                    DnsEndPoints = [IPEndPoint.Parse(lb.DnsAddress)],
                    ApiEndPoint = new IPEndPoint(IPAddress.Loopback, lb.ApiPort),
                    TokenFile = state.LoadBalancerToken,
                    AccountId = lb.AccountId,
                    ZoneId = lb.ZoneId,
                    ZoneName = lb.ZoneName,
                    Notifications = [.. (lb.Notifications?.Webhooks ?? []).Select(w => new Webhook(new Uri(w.Url), w.SecretFile))],
                },
                cancellationToken: cancellationToken);
            return ExitCodes.Done;
        });
        return command;
    }
}
