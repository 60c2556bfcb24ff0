using System.Diagnostics;
using System.Net.Sockets;
using k8s.Models;
using static Tandem.Kubernetes.Tests.Network.Objects;

namespace Tandem.Kubernetes.Tests.Network.Real;

/// <summary>Connections through rendered rules, in network namespaces laid out like a node's.</summary>
public sealed class ServiceTests(PodNetwork network) : IClassFixture<PodNetwork>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly V1Pod[] Pods = [.. Enumerable.Range(0, PodNetwork.Pods).Select(i => Pod("default", $"pod{i}", PodNetwork.PodAddress(i)))];

    private static readonly V1Service Web = Service(
        "web", "10.96.3.4",
        new V1ServicePort { Name = "http", Port = 80, Protocol = "TCP", NodePort = 30080 },
        new V1ServicePort { Name = "dns", Port = 53, Protocol = "UDP" });

    [Fact]
    public async Task ClusterAddress_ThreeEndpoints_AllAnswerTcpAndUdpWithClientAddressKept()
    {
        await ApplyWebAsync(0, 1, 2);
        foreach (var (protocol, port) in new[] { (ProtocolType.Tcp, 80), (ProtocolType.Udp, 53) })
        {
            var answers = new HashSet<string>();
            for (var i = 0; i < 60; i++)
                answers.Add(await AskAsync(network.Pod[4], protocol, "10.96.3.4", port));
            Assert.Equal(["pod0 10.244.0.15", "pod1 10.244.0.15", "pod2 10.244.0.15"], answers.Order());
        }
    }

    [Fact]
    public async Task ClusterAddress_FromTheNode_Answers()
    {
        await ApplyWebAsync(1);
        Assert.Equal("pod1 10.77.0.11", await AskAsync(network.Node, ProtocolType.Tcp, "10.96.3.4", 80));
    }

    [Fact]
    public async Task ClusterAddress_PodIsItsOwnEndpoint_Answers()
    {
        await ApplyWebAsync(3);
        Assert.StartsWith("pod3 ", await AskAsync(network.Pod[3], ProtocolType.Tcp, "10.96.3.4", 80));
        Assert.StartsWith("pod3 ", await AskAsync(network.Pod[3], ProtocolType.Udp, "10.96.3.4", 53));
    }

    [Fact]
    public async Task ClusterAddress_EndpointOnTheNode_Answers()
    {
        await network.ApplyAsync(State(
            Pods, [Service("kubernetes", "10.96.0.1", new V1ServicePort { Name = "https", Port = 443 })],
            [Slice("kubernetes", "https", 8080, "TCP", Endpoint(PodNetwork.NodeAddress))]));
        Assert.Equal("node 10.244.0.11", await AskAsync(network.Pod[0], ProtocolType.Tcp, "10.96.0.1", 443));
        Assert.Equal("node 10.77.0.11", await AskAsync(network.Node, ProtocolType.Tcp, "10.96.0.1", 443));
    }

    [Fact]
    public async Task ClusterAddress_NoEndpoint_RefusedAtOnce()
    {
        await ApplyWebAsync();
        var began = Stopwatch.GetTimestamp();
        foreach (var from in new[] { network.Pod[0], network.Node })
            foreach (var (protocol, port) in new[] { (ProtocolType.Tcp, 80), (ProtocolType.Udp, 53), (ProtocolType.Tcp, 81) })
                Assert.Equal(Caller.Refused, await AskAsync(from, protocol, "10.96.3.4", port));
        Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task NodePort_FromOutsideAndFromPod_AnswersWithClientAddressKept()
    {
        await ApplyWebAsync(2);
        Assert.Equal("pod2 10.77.0.50", await AskAsync(network.Machine, ProtocolType.Tcp, PodNetwork.NodeAddress, 30080));
        Assert.Equal("pod2 10.244.0.11", await AskAsync(network.Pod[0], ProtocolType.Tcp, PodNetwork.NodeAddress, 30080));
        Assert.Equal("pod2 10.77.0.11", await AskAsync(network.Node, ProtocolType.Tcp, PodNetwork.NodeAddress, 30080));
    }

    [Fact]
    public async Task ClientAffinity_ManyConnections_OneEndpoint()
    {
        var sticky = Service("web", "10.96.3.4", new V1ServicePort { Name = "http", Port = 80 });
        sticky.Spec.SessionAffinity = "ClientIP";
        await network.ApplyAsync(State(
            Pods, [sticky], [Slice("web", "http", 8080, "TCP", [.. Enumerable.Range(0, 4).Select(i => Endpoint(PodNetwork.PodAddress(i)))])]));
        var answers = new HashSet<string>();
        for (var i = 0; i < 20; i++)
            answers.Add(await AskAsync(network.Pod[4], ProtocolType.Tcp, "10.96.3.4", 80));
        Assert.Single(answers);
    }

    [Fact]
    public async Task HostPort_FromEverywhere_ReachesThePodWithClientAddressKept()
    {
        var pod = Pod("default", "pod1", PodNetwork.PodAddress(1), "", new V1ContainerPort { ContainerPort = 8080, HostPort = 80 });
        await network.ApplyAsync(State([Pods[0], pod]));
        Assert.Equal("pod1 10.77.0.50", await AskAsync(network.Machine, ProtocolType.Tcp, PodNetwork.NodeAddress, 80));
        Assert.Equal("pod1 10.77.0.11", await AskAsync(network.Node, ProtocolType.Tcp, PodNetwork.NodeAddress, 80));
        Assert.Equal("pod1 10.244.0.11", await AskAsync(network.Pod[0], ProtocolType.Tcp, PodNetwork.NodeAddress, 80));
        Assert.StartsWith("pod1 ", await AskAsync(network.Pod[1], ProtocolType.Tcp, PodNetwork.NodeAddress, 80));
        // The same number of another protocol or address is not forwarded.
        Assert.Equal("node 10.77.0.50", await AskAsync(network.Machine, ProtocolType.Tcp, PodNetwork.NodeAddress, 8080));
    }

    [Fact]
    public async Task Outside_FromPod_SeesTheNodesAddress()
    {
        await network.ApplyAsync(State(Pods));
        Assert.Equal("outside 10.77.0.11", await AskAsync(network.Pod[0], ProtocolType.Tcp, PodNetwork.Elsewhere, 80));
        Assert.Equal("pod1 10.244.0.11", await AskAsync(network.Pod[0], ProtocolType.Tcp, PodNetwork.PodAddress(1), 80));
        Assert.Equal("node 10.244.0.11", await AskAsync(network.Pod[0], ProtocolType.Tcp, PodNetwork.NodeAddress, 80));
    }

    [Fact]
    public async Task Apply_WhileAConnectionIsOpen_ItStays()
    {
        await ApplyWebAsync(0);
        using var caller = new Caller(network.Pod[4], ProtocolType.Tcp);
        Assert.Null(await caller.ConnectAsync("10.96.3.4", 80, Patience));
        await ApplyWebAsync(1);
        Assert.Equal("pod0 10.244.0.15", await caller.AskAsync(Patience));
        Assert.Equal("pod1 10.244.0.15", await AskAsync(network.Pod[4], ProtocolType.Tcp, "10.96.3.4", 80));
    }

    private static Task<string> AskAsync(NetworkNamespace from, ProtocolType protocol, string address, int port) =>
        Caller.AskAsync(from, protocol, address, port, Patience);

    private Task ApplyWebAsync(params int[] endpoints)
    {
        var addresses = endpoints.Select(i => Endpoint(PodNetwork.PodAddress(i))).ToArray();
        var web = Web;
        web.Spec.Type = "NodePort";
        return network.ApplyAsync(State(Pods, [web], [Slice("web", "http", 8080, "TCP", addresses), Slice("web", "dns", 53, "UDP", addresses)]));
    }
}
