using System.CommandLine;
using System.Net;
using Tandem.Host;
using Tandem.LoadBalancer;
using Tandem.LoadBalancer.Notifications;
using Tandem.LoadBalancer.Proxy;

namespace Tandem.Cli.Commands;

/// <summary><c>tandem lb run</c>: the embedded load balancer. <c>tandem host</c> starts it.</summary>
internal static class LoadBalancerRunCommand
{
    public static Command Create()
    {
        var plan = new Option<string>("--plan") { Description = "The plan that 'tandem up' wrote.", Required = true };
        var server = new Option<int>("--server") { Description = "Which of its servers this is.", DefaultValueFactory = _ => 1 };
        var revision = new Option<string>("--revision") { Description = "Which plan it is: another one makes the supervisor replace the load balancer." };
        var command = new Command("run", "Run the embedded load balancer (started by 'tandem host').") { plan, server, revision };
        command.Hidden = true;
        command.SetRunner(async (parsed, cancellationToken) =>
        {
            var file = parsed.GetRequiredValue(plan);
            var read = HostPlan.Read(file);
            var lb = read.LoadBalancer ?? throw new UsageException($"{file} has no load balancer");
            var servers = NameServerPlan.Of(lb);
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

                    // One tells for all: they decide alike, and people want to be told once.
                    Notifications = [.. (self.Number > 1 ? [] : lb.Notifications?.Webhooks ?? []).Select(w => new Webhook(new Uri(w.Url), w.SecretFile))],
                    Proxy = lb.Proxy is null ? null : Proxy(lb, state),
                },
                cancellationToken: cancellationToken);
            return ExitCodes.Done;
        });
        return command;
    }

    /// <summary>The service's certificate is also what the clusters' ingress shows, so it is what the proxy trusts.</summary>
    private static ProxyOptions Proxy(LoadBalancerPlan plan, StateFolder state) => plan.Proxy is { } proxy
        ? new ProxyOptions
        {
            Http = [IPEndPoint.Parse(proxy.Http)],
            Https = [IPEndPoint.Parse(proxy.Https)],
            Certificates = [new CertificateFiles(state.Certificate, state.CertificateKey)],
            TrustedCertificates = state.Certificate,
        }
        : throw new UsageException("the plan has no proxy");
}
