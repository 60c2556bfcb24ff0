using System.Net.Sockets;
using k8s.Models;
using static Tandem.Kubernetes.Tests.Network.Objects;

namespace Tandem.Kubernetes.Tests.Network.Real;

/// <summary>Which endpoints answer whom, by traffic policies and the load balancer's address, with real connections.</summary>
public sealed class TrafficPolicyTests(PodNetwork network) : IClassFixture<PodNetwork>
{
    private const string Cluster = "10.96.3.4";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Brief = TimeSpan.FromMilliseconds(100);

    private static readonly V1Pod[] Pods = [.. Enumerable.Range(0, PodNetwork.Pods).Select(i => Pod("default", $"pod{i}", PodNetwork.PodAddress(i)))];

    private static V1Endpoint Here => On("hot-node", PodNetwork.PodAddress(0));

    private static V1Endpoint There => On("other-node", PodNetwork.PodAddress(1));

    [Fact]
    public async Task InternalLocal_EndpointsOnTwoNodes_OnlyThisNodes()
    {
        await ApplyAsync(Web(s => s.Spec.InternalTrafficPolicy = "Local"), Here, There);
        Assert.Equal(["pod0"], await AnswersAsync(network.Pod[4], Cluster, 80));
        Assert.Equal(["pod0", "pod1"], await AnswersAsync(network.Machine, PodNetwork.NodeAddress, 30080));
    }

    [Fact]
    public async Task InternalLocal_EndpointsElsewhereOnly_Dropped()
    {
        await ApplyAsync(Web(s => s.Spec.InternalTrafficPolicy = "Local"), There);
        Assert.Equal(Caller.Nothing, await AskAsync(network.Pod[4], Cluster, 80, Brief));
        Assert.Equal(["pod1"], await AnswersAsync(network.Pod[4], PodNetwork.NodeAddress, 30080));
    }

    [Fact]
    public async Task ExternalLocal_FromOutside_ThisNodesEndpointsWithTheClientsAddress()
    {
        await ApplyAsync(Web(s => s.Spec.ExternalTrafficPolicy = "Local"), Here, There);
        for (var i = 0; i < 10; i++)
            Assert.Equal("pod0 10.77.0.50", await AskAsync(network.Machine, PodNetwork.NodeAddress, 30080, Patience));
        foreach (var inside in new[] { network.Pod[4], network.Node })
            Assert.Equal(["pod0", "pod1"], await AnswersAsync(inside, PodNetwork.NodeAddress, 30080));
    }

    [Fact]
    public async Task ExternalLocal_EndpointsElsewhereOnly_DroppedFromOutsideAnsweredInside()
    {
        await ApplyAsync(Web(s => s.Spec.ExternalTrafficPolicy = "Local"), There);
        Assert.Equal(Caller.Nothing, await AskAsync(network.Machine, PodNetwork.NodeAddress, 30080, Brief));
        Assert.Equal(["pod1"], await AnswersAsync(network.Pod[4], PodNetwork.NodeAddress, 30080));
    }

    [Fact]
    public async Task NoEndpoint_EveryAddress_RefusedAtOnce()
    {
        await ApplyAsync(Balanced());
        foreach (var (from, address, port) in new[]
        {
            (network.Pod[4], Cluster, 80), (network.Node, Cluster, 80),
            (network.Machine, PodNetwork.NodeAddress, 30080), (network.Pod[4], PodNetwork.NodeAddress, 30080), (network.Node, PodNetwork.NodeAddress, 30080),
            (network.Machine, PodNetwork.NodeAddress, 8085), (network.Pod[4], PodNetwork.NodeAddress, 8085),
        })
            Assert.Equal(Caller.Refused, await AskAsync(from, address, port, Patience));
    }

    [Fact]
    public async Task LoadBalancer_AddressInItsStatus_AnswersEverybody()
    {
        // The node itself listens on 8085 too: the Service comes first.
        await ApplyAsync(Balanced(), Here);
        Assert.Equal("pod0 10.77.0.50", await AskAsync(network.Machine, PodNetwork.NodeAddress, 8085, Patience));
        Assert.Equal("pod0 10.244.0.15", await AskAsync(network.Pod[4], PodNetwork.NodeAddress, 8085, Patience));
        Assert.Equal("pod0 10.77.0.11", await AskAsync(network.Node, PodNetwork.NodeAddress, 8085, Patience));
        await ApplyAsync(Balanced(s => s.Status = null), Here);
        Assert.Equal("node 10.77.0.50", await AskAsync(network.Machine, PodNetwork.NodeAddress, 8085, Patience));
    }

    [Fact]
    public async Task LoadBalancerSourceRanges_OthersCome_DroppedButAtTheOtherAddresses()
    {
        await ApplyAsync(Balanced(s => s.Spec.LoadBalancerSourceRanges = ["203.0.113.0/24", "2001:db8::/32", "10.244.0.15/32"]), Here);
        Assert.Equal(Caller.Nothing, await AskAsync(network.Machine, PodNetwork.NodeAddress, 8085, Brief));
        Assert.Equal(Caller.Nothing, await AskAsync(network.Pod[3], PodNetwork.NodeAddress, 8085, Brief));
        Assert.StartsWith("pod0 ", await AskAsync(network.Pod[4], PodNetwork.NodeAddress, 8085, Patience));
        Assert.StartsWith("pod0 ", await AskAsync(network.Machine, PodNetwork.NodeAddress, 30080, Patience));
        Assert.StartsWith("pod0 ", await AskAsync(network.Pod[3], Cluster, 80, Patience));
    }

    [Fact]
    public async Task NodePort_EndpointIsNoPodOfTheNode_AnswersByWayOfTheNode()
    {
        await ApplyAsync(Web(), On(null, PodNetwork.Elsewhere));
        Assert.Equal("outside 10.77.0.11", await AskAsync(network.Machine, PodNetwork.NodeAddress, 30080, Patience));
    }

    [Fact]
    public async Task ExternalIp_FromOutsideAndInside_Answers()
    {
        await ApplyAsync(Web(s => s.Spec.ExternalIPs = [PodNetwork.NodeAddress]), Here);
        Assert.Equal("pod0 10.77.0.50", await AskAsync(network.Machine, PodNetwork.NodeAddress, 80, Patience));
        Assert.Equal("pod0 10.244.0.15", await AskAsync(network.Pod[4], PodNetwork.NodeAddress, 80, Patience));
    }

    [Fact]
    public async Task Terminating_LastReadyEndpointGoes_TheEndingOneAnswersUntilItNoLongerServes()
    {
        var ending = Endpoint(PodNetwork.PodAddress(1), ready: false, serving: true, terminating: true);
        await ApplyAsync(Web(), Here, ending);
        using var open = new Caller(network.Pod[4], ProtocolType.Tcp);
        Assert.Null(await open.ConnectAsync(Cluster, 80, Patience));
        Assert.Equal(["pod0"], await AnswersAsync(network.Pod[4], Cluster, 80));
        await ApplyAsync(Web(), ending);
        Assert.Equal(["pod1"], await AnswersAsync(network.Pod[4], Cluster, 80));
        // The connection to the one that went is its own to end.
        Assert.StartsWith("pod0 ", await open.AskAsync(Patience));
        await ApplyAsync(Web(), Endpoint(PodNetwork.PodAddress(1), ready: false, serving: false, terminating: true));
        Assert.Equal(Caller.Refused, await AskAsync(network.Pod[4], Cluster, 80, Patience));
    }

    private Task ApplyAsync(V1Service service, params V1Endpoint[] endpoints) =>
        network.ApplyAsync(State(Pods, [service], [Slice("web", "http", 8080, "TCP", endpoints)]));

    private static async Task<string[]> AnswersAsync(NetworkNamespace from, string address, int port) =>
    [
        .. (await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => AskAsync(from, address, port, Patience))))
            .Select(a => a.Split(' ')[0]).Distinct().Order(StringComparer.Ordinal),
    ];

    private static Task<string> AskAsync(NetworkNamespace from, string address, int port, TimeSpan patience) =>
        Caller.AskAsync(from, ProtocolType.Tcp, address, port, patience);

    private static V1Endpoint On(string? node, string address)
    {
        var endpoint = Endpoint(address);
        endpoint.NodeName = node;
        return endpoint;
    }

    private static V1Service Web(Action<V1Service>? change = null)
    {
        var service = Service("web", Cluster, new V1ServicePort { Name = "http", Port = 80, NodePort = 30080 });
        service.Spec.Type = "NodePort";
        change?.Invoke(service);
        return service;
    }

    // Port 80 at the cluster's address and 8085 at the balancer's.
    private static V1Service Balanced(Action<V1Service>? change = null) => Web(s =>
    {
        s.Spec.Type = "LoadBalancer";
        s.Spec.Ports = [.. s.Spec.Ports, new V1ServicePort { Name = "http", Port = 8085 }];
        s.Status = new V1ServiceStatus
        {
            LoadBalancer = new V1LoadBalancerStatus { Ingress = [new V1LoadBalancerIngress { Ip = PodNetwork.NodeAddress, IpMode = "VIP" }] },
        };
        change?.Invoke(s);
    });
}
