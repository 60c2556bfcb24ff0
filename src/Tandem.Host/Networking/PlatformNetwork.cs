using System.Buffers.Binary;
using System.Net;
using System.Text.Json.Nodes;
using Tandem.Processes;

namespace Tandem.Host.Networking;

/// <summary>
/// The bridge and the network namespaces of a platform. Everything is made only where it is missing, and marked with the
/// platform's name, so that nobody else's is ever touched.
/// </summary>
public sealed class PlatformNetwork(HostPlan plan)
{
    private readonly string _mark = $"tandem:{plan.Platform}";

    /// <summary>A cluster's network namespace, as <c>ip netns</c> names it.</summary>
    public static string NamespaceOf(string platform, string cluster) => $"tandem-{platform}-{cluster}";

    /// <summary>The path by which a process enters the namespace.</summary>
    public static string NamespacePath(string platform, string cluster) => "/run/netns/" + NamespaceOf(platform, cluster);

    /// <summary>The host's end of a cluster's link.</summary>
    public static string LinkOf(string bridge, string cluster) => $"{bridge}-{cluster}";

    /// <summary>Says what is in the way, before anything is made.</summary>
    /// <exception cref="AddressInUseException">The bridge's name or its addresses belong to somebody else.</exception>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        var links = await LinksAsync(cancellationToken);
        if (links.FirstOrDefault(l => (string?)l["ifname"] == plan.Bridge) is { } bridge)
        {
            if ((string?)bridge["ifalias"] != _mark)
                throw new AddressInUseException($"the link '{plan.Bridge}' exists and is not this platform's; set spec.network.bridge to another name");
            foreach (var link in links.Where(l => l != bridge))
                if (Addresses(link).FirstOrDefault(NameServerAddresses().Contains) is { } taken)
                    throw new AddressInUseException($"{taken} on {(string?)link["ifname"]} is to be a name server's; set spec.network.range to another range");
            return;
        }

        var range = IPNetwork.Parse(Network());
        foreach (var link in links)
            foreach (var local in Addresses(link))
                if (range.Contains(local))
                    throw new AddressInUseException($"{local} on {(string?)link["ifname"]} is within {range}; set spec.network.range to another range");
    }

    /// <summary>Makes what is missing.</summary>
    public async Task CreateAsync(CancellationToken cancellationToken)
    {
        var links = await LinksAsync(cancellationToken);
        if (links.All(l => (string?)l["ifname"] != plan.Bridge))
        {
            await IpAsync($"link add {plan.Bridge} type bridge", cancellationToken);
            await IpAsync($"link set dev {plan.Bridge} alias {_mark}", cancellationToken);
            await IpAsync($"address add {plan.Gateway} dev {plan.Bridge}", cancellationToken);
            await IpAsync($"link set {plan.Bridge} up", cancellationToken);
        }

        await AddressNameServersAsync(links.FirstOrDefault(l => (string?)l["ifname"] == plan.Bridge), cancellationToken);
        foreach (var cluster in plan.Clusters)
            await CreateAsync(cluster, links, cancellationToken);
        await EgressAsync(cancellationToken);
    }

    /// <summary>Gives the bridge the addresses of the name servers after the first, which has the host's own, and takes those of an earlier plan away.</summary>
    private async Task AddressNameServersAsync(JsonObject? bridge, CancellationToken cancellationToken)
    {
        var parts = plan.Gateway.Split('/');
        var present = bridge is null ? [] : Addresses(bridge).ToHashSet();
        var wanted = NameServerAddresses().ToHashSet();
        foreach (var address in Enumerable.Range(1, NameServerPlan.Most - 1).Select(i => NameServerPlan.Next(IPAddress.Parse(parts[0]), i)))
        {
            if (wanted.Contains(address) != present.Contains(address))
                await IpAsync($"address {(wanted.Contains(address) ? "add" : "delete")} {address}/{parts[1]} dev {plan.Bridge}", cancellationToken);
        }
    }

    private IEnumerable<IPAddress> NameServerAddresses() =>
        plan.LoadBalancer is { } balancer ? NameServerPlan.Of(balancer).Select(s => s.Dns.Address) : [];

    private async Task CreateAsync(ClusterPlan cluster, IReadOnlyList<JsonObject> links, CancellationToken cancellationToken)
    {
        var name = NamespaceOf(plan.Platform, cluster.Name);
        var link = LinkOf(plan.Bridge, cluster.Name);
        if (!File.Exists("/run/netns/" + name))
            await IpAsync($"netns add {name}", cancellationToken);

        // The address comes last: with it, everything before it is there.
        var inside = (await ProcessRunner.RunCheckedAsync(new Command("ip", "-n", name, "-json", "address", "show"), cancellationToken)).Output;
        if (inside.Contains($"\"{cluster.NodeAddress}\"", StringComparison.Ordinal) && links.Any(l => (string?)l["ifname"] == link))
            return;
        if (links.Any(l => (string?)l["ifname"] == link))
            await IpAsync($"link delete {link}", cancellationToken);
        await IpAsync($"-n {name} link set lo up", cancellationToken);
        await IpAsync($"link add {link} type veth peer name eth0 netns {name}", cancellationToken);
        await IpAsync($"link set dev {link} alias {_mark}", cancellationToken);
        await IpAsync($"link set {link} master {plan.Bridge} up", cancellationToken);
        await IpAsync($"-n {name} link set eth0 up", cancellationToken);
        await IpAsync($"-n {name} address add {cluster.NodeAddress}/{plan.Gateway.Split('/')[1]} dev eth0", cancellationToken);
        await IpAsync($"-n {name} route replace default via {plan.Gateway.Split('/')[0]}", cancellationToken);
    }

    /// <summary>Lets the clusters reach registries and upstream DNS: forwarding and masquerading for their range only.</summary>
    private async Task EgressAsync(CancellationToken cancellationToken)
    {
        await File.WriteAllTextAsync("/proc/sys/net/ipv4/conf/all/forwarding", "1\n", cancellationToken);
        await ProcessRunner.RunCheckedAsync(
            new Command("nft", "-f", "-")
            {
                Input = $$"""
                    table ip {{Table}}
                    delete table ip {{Table}}
                    table ip {{Table}} {
                      chain postrouting {
                        type nat hook postrouting priority srcnat; policy accept;
                        ip saddr {{Network()}} oifname != "{{plan.Bridge}}" masquerade
                      }
                    }

                    """,
            },
            cancellationToken);
    }

    /// <summary>Removes everything that bears this platform's mark.</summary>
    public async Task RemoveAsync(CancellationToken cancellationToken)
    {
        foreach (var cluster in plan.Clusters)
            if (File.Exists(NamespacePath(plan.Platform, cluster.Name)))
                await IpAsync($"netns delete {NamespaceOf(plan.Platform, cluster.Name)}", cancellationToken);
        foreach (var link in await LinksAsync(cancellationToken))
            if ((string?)link["ifalias"] == _mark)
                await ProcessRunner.RunAsync(new Command("ip", "link", "delete", (string)link["ifname"]!), cancellationToken);
        await ProcessRunner.RunCheckedAsync(new Command("nft", "-f", "-") { Input = $"table ip {Table}\ndelete table ip {Table}\n" }, cancellationToken);
    }

    /// <summary>Takes a cluster's link down or up: the region is lost, or back.</summary>
    public Task SetLinkAsync(string cluster, bool up, CancellationToken cancellationToken) =>
        IpAsync($"link set {LinkOf(plan.Bridge, cluster)} {(up ? "up" : "down")}", cancellationToken);

    private string Table => "tandem_" + plan.Bridge.Replace('-', '_');

    /// <summary>The range of the gateway's address, such as 10.77.0.0/24.</summary>
    private string Network()
    {
        var parts = plan.Gateway.Split('/');
        var prefix = int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture);
        var bytes = IPAddress.Parse(parts[0]).GetAddressBytes();
        var address = BinaryPrimitives.ReadUInt32BigEndian(bytes) & (uint.MaxValue << (32 - prefix));
        BinaryPrimitives.WriteUInt32BigEndian(bytes, address);
        return $"{new IPAddress(bytes)}/{prefix}";
    }

    private static async Task<IReadOnlyList<JsonObject>> LinksAsync(CancellationToken cancellationToken)
    {
        var result = await ProcessRunner.RunCheckedAsync(new Command("ip", "-json", "-details", "address", "show"), cancellationToken);
        return [.. JsonNode.Parse(result.Output)!.AsArray().OfType<JsonObject>()];
    }

    private static IEnumerable<IPAddress> Addresses(JsonObject link) =>
        (link["addr_info"] as JsonArray ?? []).OfType<JsonObject>().Select(a => IPAddress.TryParse((string?)a["local"], out var local) ? local : null).OfType<IPAddress>();

    private static Task IpAsync(string arguments, CancellationToken cancellationToken) =>
        ProcessRunner.RunCheckedAsync(new Command("ip", arguments.Split(' ')), cancellationToken);
}
