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
