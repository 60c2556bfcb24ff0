using System.Net;
using Microsoft.Extensions.Logging;
using Tandem.Kubernetes.Node.Containers;
using Tandem.Processes;

namespace Tandem.Host.Networking;

/// <summary>
/// Where the machine asks a stub on its loopback for names, the clusters' containerd would ask their own loopback, on which nobody
/// listens. What is asked there goes to the servers behind the stub instead, and follows them: a laptop changes its network.
/// </summary>
internal sealed class StubResolver(HostPlan plan, TimeProvider time, ILogger log)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>Looks every five seconds until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var applied = "";
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                var servers = NodeResolvers.IsStub ? NodeResolvers.Servers.Where(s => !IPAddress.IsLoopback(s)).ToList() : [];
                if (NodeResolvers.IsStub && servers.Count == 0 && applied.Length == 0)
                    log.NoResolver();
                if (string.Join(' ', servers) is var wanted && wanted != applied)
                {
                    foreach (var cluster in plan.Clusters)
                        await ApplyAsync(PlatformNetwork.NamespacePath(plan.Platform, cluster.Name), servers, cancellationToken);
                    applied = wanted;
                }
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                log.ResolverNotSet(e);
            }

            await Task.Delay(Interval, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Sets the rules in a network namespace.</summary>
    internal static async Task ApplyAsync(string networkNamespace, IReadOnlyList<IPAddress> servers, CancellationToken cancellationToken)
    {
        await ProcessRunner.RunCheckedAsync(new Command("nsenter", $"--net={networkNamespace}", "nft", "-f", "-") { Input = Rules(servers) }, cancellationToken);
        if (servers.Count > 0)
            await ProcessRunner.RunCheckedAsync(new Command("nsenter", $"--net={networkNamespace}", "sh", "-c", "echo 1 > /proc/sys/net/ipv4/conf/all/route_localnet"), cancellationToken);
    }

    /// <summary>The rules; with no server, none.</summary>
    internal static string Rules(IReadOnlyList<IPAddress> servers)
    {
        const string head = "table ip tandem-resolver\ndelete table ip tandem-resolver\n";
        if (servers.Count == 0)
            return head;
        var choice = $"numgen inc mod {servers.Count} map {{ {string.Join(", ", servers.Select((s, i) => $"{i} : {s}"))} }}";
        return head + $$"""
            table ip tandem-resolver {
              # Addresses of the loopback may leave the machine now, so nobody outside may use them.
              chain guard {
                type filter hook prerouting priority raw; policy accept;
                iifname != "lo" ip daddr 127.0.0.0/8 drop
              }
              chain output {
                type nat hook output priority -100; policy accept;
                ip daddr 127.0.0.0/8 udp dport 53 dnat to {{choice}}
                ip daddr 127.0.0.0/8 tcp dport 53 dnat to {{choice}}
              }
              chain postrouting {
                type nat hook postrouting priority srcnat; policy accept;
                ip saddr 127.0.0.0/8 oifname != "lo" masquerade
              }
            }

            """;
    }
}

internal static partial class StubResolverLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "this machine's name server is on its loopback, and nothing tells of another: embedded clusters cannot look up registries; name one in /etc/resolv.conf")]
    public static partial void NoResolver(this ILogger log);

    [LoggerMessage(Level = LogLevel.Error, Message = "the clusters' questions for names could not be sent on; tried again in five seconds")]
    public static partial void ResolverNotSet(this ILogger log, Exception reason);
}
