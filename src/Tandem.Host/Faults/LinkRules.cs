using Tandem.Host.Networking;
using Tandem.Processes;

namespace Tandem.Host.Faults;

/// <summary>
/// Drops what comes from a cluster, at the host's end of its link: an nftables table of the family netdev, one a link. ARP
/// passes, so the link looks alive. The kernel's network emulator is not in every kernel; this is.
/// </summary>
internal sealed class LinkRules(HostPlan plan)
{
    /// <summary>Of a hundred packets.</summary>
    public const int LossPercent = 20;

    /// <summary>Drops all IPv4 packets of the cluster.</summary>
    public Task DropAllAsync(string cluster, CancellationToken cancellationToken) => ApplyAsync(cluster, "", cancellationToken);

    /// <summary>Drops some of them, by chance.</summary>
    public Task DropSomeAsync(string cluster, CancellationToken cancellationToken) =>
        ApplyAsync(cluster, $"numgen random mod 100 < {LossPercent} ", cancellationToken);

    /// <summary>Removes the rules, where there are any.</summary>
    public Task RemoveAsync(string cluster, CancellationToken cancellationToken) => NftAsync(Cleared(cluster), cancellationToken);

    private Task ApplyAsync(string cluster, string condition, CancellationToken cancellationToken) => NftAsync(
        $$"""
        {{Cleared(cluster)}}
        table netdev {{Table(cluster)}} {
          chain ingress {
            type filter hook ingress device "{{PlatformNetwork.LinkOf(plan.Bridge, cluster)}}" priority 0; policy accept;
            meta protocol ip {{condition}}drop
          }
        }

        """,
        cancellationToken);

    private string Cleared(string cluster) => $"table netdev {Table(cluster)}\ndelete table netdev {Table(cluster)}\n";

    private string Table(string cluster) => $"tandem_{plan.Bridge.Replace('-', '_')}_{cluster}_fault";

    private static Task NftAsync(string rules, CancellationToken cancellationToken) =>
        ProcessRunner.RunCheckedAsync(new Command("nft", "-f", "-") { Input = rules }, cancellationToken);
}
