using System.Net.Sockets;
using Tandem.Kubernetes.Network;
using Tandem.Kubernetes.Network.Conntrack;
using Tandem.Kubernetes.Network.Rules;
using Tandem.Processes;

namespace Tandem.Kubernetes.Tests.Network.Real;

/// <summary>
/// A node, as CNI's bridge plugin and the host lay it out: pods 10.244.0.11 and up on the bridge cni0, the node at 10.77.0.11,
/// and outside of it a machine at 10.77.0.50 that is also 203.0.113.7.
/// </summary>
public sealed class PodNetwork : IAsyncLifetime
{
    public const int Pods = 6;
    public const string NodeAddress = "10.77.0.11";
    public const string Outside = "10.77.0.50";
    public const string Elsewhere = "203.0.113.7";

    /// <summary>What every pod, the node and the machine outside listen on.</summary>
    internal static readonly (ProtocolType Protocol, int Port)[] Ports =
        [(ProtocolType.Tcp, 80), (ProtocolType.Tcp, 8080), (ProtocolType.Tcp, 8085), (ProtocolType.Udp, 53), (ProtocolType.Udp, 8080)];

    private readonly string _id = Guid.NewGuid().ToString("n")[..6];
    private readonly List<Answerer> _answerers = [];

    private NftKernel _kernel = null!;
    private ConntrackSocket _conntrack = null!;
    private StaleFlows _flows = null!;

    internal NetworkNamespace Node { get; private set; } = null!;

    internal NetworkNamespace Machine { get; private set; } = null!;

    internal IReadOnlyList<NetworkNamespace> Pod { get; private set; } = [];

    public static string PodAddress(int index) => $"10.244.0.{11 + index}";

    /// <summary>By what differs from the state before, like the agent.</summary>
    internal async Task ApplyAsync(ClusterState state)
    {
        var model = NetworkModel.Build(state, Objects.Cluster);
        await _kernel.ApplyAsync(NftRuleset.Build(model), CancellationToken.None);
        _flows.Remove(model);
    }

    /// <summary>As a new agent does, which does not know what is there.</summary>
    internal Task StartAgainAsync(ClusterState state)
    {
        _kernel = NewKernel();
        _flows = new StaleFlows(_conntrack);
        return ApplyAsync(state);
    }

    public async Task InitializeAsync()
    {
        Node = await CreateAsync("n");
        _kernel = NewKernel();
        _conntrack = Node.Create(() => new ConntrackSocket());
        _flows = new StaleFlows(_conntrack);
        Machine = await CreateAsync("o");
        await IpAsync("-n", Node.Name, "link", "add", "uplink", "type", "veth", "peer", "name", "eth0", "netns", Machine.Name);
        await UpAsync(Node, "uplink", NodeAddress + "/24");
        await UpAsync(Machine, "eth0", Outside + "/24");
        await IpAsync("-n", Machine.Name, "address", "add", Elsewhere + "/32", "dev", "lo");
        await IpAsync("-n", Node.Name, "route", "add", "default", "via", Outside);
        await IpAsync("-n", Machine.Name, "route", "add", "10.244.0.0/24", "via", NodeAddress);
        await IpAsync("-n", Node.Name, "link", "add", "cni0", "type", "bridge");
        await UpAsync(Node, "cni0", "10.244.0.1/24");
        var pods = new List<NetworkNamespace>();
        for (var i = 0; i < Pods; i++)
            pods.Add(await CreatePodAsync(i));
        Pod = pods;
        await Node.RunAsync("sysctl", "-qw", "net.ipv4.ip_forward=1", "net.bridge.bridge-nf-call-iptables=1", "net.ipv4.conf.all.rp_filter=2");
        // Each on its own address: a datagram's answer would else leave the node from the bridge's.
        foreach (var (at, name, address) in Pod.Select((p, i) => (p, $"pod{i}", PodAddress(i))).Append((Node, "node", NodeAddress)).Append((Machine, "outside", "0.0.0.0")))
            foreach (var (protocol, port) in Ports)
                _answerers.Add(new Answerer(at, name, address, protocol, port));
    }

    public async Task DisposeAsync()
    {
        _answerers.ForEach(a => a.Dispose());
        _conntrack.Dispose();
        foreach (var made in Pod.Append(Machine).Append(Node))
            await IpAsync("netns", "del", made.Name);
    }

    private NftKernel NewKernel() => new((transaction, _) => Node.ApplyAsync(transaction), async (list, _) => (await Node.RunAsync("nft", [.. list])).Output, m => throw new InvalidOperationException(m));

    private static Task<ProcessResult> IpAsync(params string[] arguments) => ProcessRunner.RunCheckedAsync(new Command("ip", arguments));

    private static async Task UpAsync(NetworkNamespace at, string link, string address)
    {
        await IpAsync("-n", at.Name, "address", "add", address, "dev", link);
        await IpAsync("-n", at.Name, "link", "set", link, "up");
    }

    private async Task<NetworkNamespace> CreateAsync(string suffix)
    {
        var name = $"tnet-{_id}-{suffix}";
        await IpAsync("netns", "add", name);
        await IpAsync("-n", name, "link", "set", "lo", "up");
        return new NetworkNamespace(name);
    }

    private async Task<NetworkNamespace> CreatePodAsync(int index)
    {
        var pod = await CreateAsync($"p{index}");
        await IpAsync("-n", Node.Name, "link", "add", $"veth{index}", "type", "veth", "peer", "name", "eth0", "netns", pod.Name);
        await IpAsync("-n", Node.Name, "link", "set", $"veth{index}", "master", "cni0", "up");
        await IpAsync("-n", Node.Name, "link", "set", "dev", $"veth{index}", "type", "bridge_slave", "hairpin", "on");
        await UpAsync(pod, "eth0", PodAddress(index) + "/24");
        await IpAsync("-n", pod.Name, "route", "add", "default", "via", "10.244.0.1");
        return pod;
    }
}
