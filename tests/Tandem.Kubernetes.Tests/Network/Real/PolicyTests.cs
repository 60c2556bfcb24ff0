using System.Net.Sockets;
using k8s;
using k8s.Models;
using Tandem.Processes;
using Xunit.Abstractions;
using static Tandem.Kubernetes.Tests.Network.Objects;

namespace Tandem.Kubernetes.Tests.Network.Real;

/// <summary>NetworkPolicies as rendered, with real connections.</summary>
public sealed class PolicyTests(PodNetwork network, ITestOutputHelper output) : IClassFixture<PodNetwork>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    // Long enough for any answer that comes at all; what should be denied and is not, answers in less than a millisecond.
    private static readonly TimeSpan Brief = TimeSpan.FromMilliseconds(100);

    private static readonly V1Namespace[] Namespaces = [Namespace("red", "team=x"), Namespace("blue", "team=y")];

    private static readonly V1Pod[] Pods =
    [
        Pod("red", "pod0", PodNetwork.PodAddress(0), "app=a", Port("web", 8080), Port("dns", 53, "UDP")),
        Pod("red", "pod1", PodNetwork.PodAddress(1), "app=b,tier=a", Port("web", 80)),
        Pod("red", "pod2", PodNetwork.PodAddress(2), "tier=b"),
        Pod("blue", "pod3", PodNetwork.PodAddress(3), "app=a,tier=c", Port("web", 8085), Port("web", 8080, "UDP")),
        Pod("blue", "pod4", PodNetwork.PodAddress(4), "app=b", Port("web", 8080)),
        Pod("blue", "pod5", PodNetwork.PodAddress(5), "app=c", Port("dns", 53, "UDP")),
    ];

    private const string DenyAll = "{ podSelector: {}, policyTypes: [Ingress, Egress] }";

    /// <summary>Generated policy sets; each is a case per connection that is tried, see <see cref="Cases"/>.</summary>
    private const int PolicySets = 40;

    /// <summary>The matrix: connections between pods, the node and outside, under policies of every kind.</summary>
    [Fact]
    public async Task Matrix_GeneratedPolicies_EachConnectionAsTheSpecificationSays()
    {
        var allowed = 0;
        var denied = 0;
        for (var seed = 1; seed <= PolicySets; seed++)
        {
            var policies = new PolicyGenerator(seed).Policies();
            var oracle = new PolicyOracle(policies, Namespaces);
            await network.ApplyAsync(State(Pods, namespaces: Namespaces, policies: policies));
            var cases = Cases(seed).Select(c => (c.From, c.To, c.Port, Allowed: oracle.Allows(c.From, c.To, Name(c.Port.Protocol), c.Port.Port))).ToList();
            var answers = await Task.WhenAll(cases.Select(c => Caller.AskAsync(
                NamespaceOf(c.From), c.Port.Protocol, c.To.Address, c.Port.Port, c.Allowed ? Patience : Brief)));
            foreach (var (one, answer) in cases.Zip(answers))
            {
                Assert.True(
                    one.Allowed ? answer.StartsWith(one.To.Name + " ", StringComparison.Ordinal) : answer == Caller.Nothing,
                    $"seed {seed}: {one.From.Name} to {one.To.Name} {one.Port}: '{answer}', allowed: {one.Allowed}\n{KubernetesYaml.SerializeAll(policies)}");
                _ = one.Allowed ? allowed++ : denied++;
            }
        }

        output.WriteLine($"{allowed + denied} cases: {allowed} allowed, {denied} denied");
        // A generator that only ever allows, or only ever denies, tests nothing.
        Assert.True(Math.Min(allowed, denied) > 500, $"{allowed} allowed, {denied} denied");
    }

    [Fact]
    public async Task OpenConnection_PolicyNoLongerAllowsIt_Stops()
    {
        await ApplyAsync();
        using var tcp = new Caller(network.Pod[0], ProtocolType.Tcp);
        using var udp = new Caller(network.Pod[0], ProtocolType.Udp);
        foreach (var caller in new[] { tcp, udp })
        {
            Assert.Null(await caller.ConnectAsync(PodNetwork.PodAddress(1), 8080, Patience));
            Assert.StartsWith("pod1 ", await caller.AskAsync(Patience));
        }

        await ApplyAsync(Policy("red", "deny", DenyAll));
        Assert.Equal(Caller.Nothing, await tcp.AskAsync(Brief));
        Assert.Equal(Caller.Nothing, await udp.AskAsync(Brief));
    }

    [Fact]
    public async Task Service_PolicyNamesThePodsPort_JudgedBehindTheService()
    {
        V1NetworkPolicy[] policies =
        [
            Policy("red", "deny", DenyAll),
            Policy("red", "out", "{ podSelector: { matchLabels: { app: a } }, policyTypes: [Egress], egress: [{ to: [{ podSelector: { matchLabels: { app: b } } }], ports: [{ port: 8080 }] }] }"),
            Policy("red", "in", "{ podSelector: { matchLabels: { app: b } }, policyTypes: [Ingress], ingress: [{ from: [{ podSelector: { matchLabels: { app: a } } }], ports: [{ port: 8080 }] }] }"),
        ];
        await network.ApplyAsync(State(
            Pods,
            [Service("web", "10.96.3.4", new V1ServicePort { Name = "http", Port = 80 }), Service("other", "10.96.3.5", new V1ServicePort { Name = "http", Port = 8080 })],
            [Slice("web", "http", 8080, "TCP", Endpoint(PodNetwork.PodAddress(1))), Slice("other", "http", 8085, "TCP", Endpoint(PodNetwork.PodAddress(1)))],
            Namespaces, policies));
        Assert.Equal("pod1 10.244.0.11", await AskAsync(network.Pod[0], "10.96.3.4", 80, Patience));
        Assert.Equal(Caller.Nothing, await AskAsync(network.Pod[0], "10.96.3.5", 8080, Brief));
        Assert.Equal(Caller.Nothing, await AskAsync(network.Pod[2], "10.96.3.4", 80, Brief));
    }

    [Fact]
    public async Task OwnService_PodIsIsolated_StillReachesItself()
    {
        await network.ApplyAsync(State(
            Pods, [Service("web", "10.96.3.4", new V1ServicePort { Name = "http", Port = 80 })],
            [Slice("web", "http", 8080, "TCP", Endpoint(PodNetwork.PodAddress(0)))], Namespaces, [Policy("red", "deny", DenyAll)]));
        Assert.StartsWith("pod0 ", await AskAsync(network.Pod[0], "10.96.3.4", 80, Patience));
        Assert.Equal(Caller.Nothing, await AskAsync(network.Pod[1], "10.96.3.4", 80, Brief));
    }

    [Fact]
    public async Task HostPort_PolicyAllowsTheClientsBlock_OnlyItGetsIn()
    {
        var exposed = Pod("red", "pod0", PodNetwork.PodAddress(0), "app=a", new V1ContainerPort { ContainerPort = 8080, HostPort = 8085 });
        const string fromMachine = "{ podSelector: { matchLabels: { app: a } }, policyTypes: [Ingress], ingress: [{ from: [{ ipBlock: { cidr: 10.77.0.50/32 } }] }] }";
        await network.ApplyAsync(State([exposed, .. Pods.Skip(1)], namespaces: Namespaces, policies: [Policy("red", "in", fromMachine)]));
        Assert.Equal("pod0 10.77.0.50", await AskAsync(network.Machine, PodNetwork.NodeAddress, 8085, Patience));
        Assert.Equal(Caller.Nothing, await AskAsync(network.Pod[3], PodNetwork.NodeAddress, 8085, Brief));
        Assert.Equal("pod0 10.77.0.11", await AskAsync(network.Node, PodNetwork.NodeAddress, 8085, Patience));
    }

    [Fact]
    public async Task AddressOfNoKnownPod_WithAPolicyInTheCluster_OnlyTheNodeReachesIt()
    {
        await network.ApplyAsync(State(Pods.Take(5), namespaces: Namespaces, policies: [Policy("blue", "p", "{ podSelector: { matchLabels: { app: c } }, policyTypes: [Ingress] }")]));
        Assert.Equal(Caller.Nothing, await AskAsync(network.Pod[5], PodNetwork.PodAddress(0), 80, Brief));
        Assert.Equal(Caller.Nothing, await AskAsync(network.Pod[5], PodNetwork.NodeAddress, 80, Brief));
        Assert.Equal(Caller.Nothing, await AskAsync(network.Pod[0], PodNetwork.PodAddress(5), 80, Brief));
        Assert.Equal("pod5 10.244.0.1", await AskAsync(network.Node, PodNetwork.PodAddress(5), 80, Patience));

        await ApplyAsync();
        Assert.Equal("pod0 10.244.0.16", await AskAsync(network.Pod[5], PodNetwork.PodAddress(0), 80, Patience));
    }

    [Fact]
    public async Task LinkLocalIpv6_BetweenPods_DoesNotPass()
    {
        await ApplyAsync();
        var address = (await network.Pod[1].RunAsync("ip", "-6", "-brief", "address", "show", "dev", "eth0", "scope", "link")).Output
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[2].Split('/')[0];
        await network.Node.RunAsync("nft", "delete", "table", "ip6", "tandem");
        await Eventually.TrueAsync(() => PingsAsync(address), "pods reach each other where no rule is");
        await network.StartAgainAsync(State(Pods, namespaces: Namespaces));
        Assert.False(await PingsAsync(address));
    }

    // All ports between all ends would be some 300 a case; a third of them, another third each time, find the same.
    private static List<(PolicyOracle.End From, PolicyOracle.End To, (ProtocolType Protocol, int Port) Port)> Cases(int seed)
    {
        List<PolicyOracle.End> ends =
        [
            .. Pods.Select(p => new PolicyOracle.End(p.Metadata.Name, p.Status.PodIP, p)),
            new PolicyOracle.End("node", PodNetwork.NodeAddress, IsNode: true),
            new PolicyOracle.End("outside", PodNetwork.Outside),
        ];
        return
        [
            .. from @from in ends
               from to in ends
               where @from != to && (@from.Pod is not null || to.Pod is not null)
               from port in PodNetwork.Ports.Index()
               where (ends.IndexOf(@from) + ends.IndexOf(to) + port.Index + seed) % 3 == 0
               select (@from, to, port.Item),
        ];
    }

    private static V1ContainerPort Port(string name, int number, string protocol = "TCP") => new() { Name = name, ContainerPort = number, Protocol = protocol };

    private static string Name(ProtocolType protocol) => protocol == ProtocolType.Tcp ? "TCP" : "UDP";

    private static Task<string> AskAsync(NetworkNamespace from, string address, int port, TimeSpan patience) =>
        Caller.AskAsync(from, ProtocolType.Tcp, address, port, patience);

    private async Task<bool> PingsAsync(string address) => (await ProcessRunner.RunAsync(new Command(
        "nsenter", $"--net=/run/netns/{network.Pod[0].Name}", "busybox", "ping6", "-c", "1", "-W", "1", "-I", "eth0", address))).ExitCode == 0;

    private NetworkNamespace NamespaceOf(PolicyOracle.End end) =>
        end.Pod is not null ? network.Pod[Array.IndexOf(Pods, end.Pod)] : end.IsNode ? network.Node : network.Machine;

    private Task ApplyAsync(params V1NetworkPolicy[] policies) => network.ApplyAsync(State(Pods, namespaces: Namespaces, policies: policies));
}
