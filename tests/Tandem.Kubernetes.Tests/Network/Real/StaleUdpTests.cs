using System.Net.Sockets;
using k8s.Models;
using Tandem.Kubernetes.Network;
using static Tandem.Kubernetes.Tests.Network.Objects;

namespace Tandem.Kubernetes.Tests.Network.Real;

/// <summary>Clients that keep sending from one port while what answers changes: each of these kept its first fate before.</summary>
public sealed class StaleUdpTests(PodNetwork network) : IClassFixture<PodNetwork>
{
    private const string Cluster = "10.96.3.4";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly V1Pod[] Pods = [.. Enumerable.Range(0, PodNetwork.Pods).Select(i => Pod("default", $"pod{i}", PodNetwork.PodAddress(i)))];

    [Fact]
    public async Task EndpointIsReplaced_NextDatagramReachesTheNewOne()
    {
        foreach (var (from, address, port) in new[] { (network.Pod[4], Cluster, 53), (network.Machine, PodNetwork.NodeAddress, 30053) })
        {
            await network.ApplyAsync(Dns(0));
            using var client = new Caller(from, ProtocolType.Udp);
            Assert.Null(await client.ConnectAsync(address, port, Patience));
            Assert.StartsWith("pod0 ", await client.AskAsync(Patience));
            // Another endpoint's coming moves nobody.
            await network.ApplyAsync(Dns(0, 1));
            Assert.StartsWith("pod0 ", await client.AskAsync(Patience));
            await network.ApplyAsync(Dns(1));
            Assert.StartsWith("pod1 ", await client.AskAsync(Patience));
        }
    }

    [Fact]
    public async Task ServiceIsDeleted_NextDatagramIsRefused()
    {
        await network.ApplyAsync(Dns(0));
        using var client = new Caller(network.Pod[4], ProtocolType.Udp);
        Assert.Null(await client.ConnectAsync(Cluster, 53, Patience));
        Assert.StartsWith("pod0 ", await client.AskAsync(Patience));
        await network.ApplyAsync(State(Pods));
        Assert.Equal(Caller.Refused, await client.AskAsync(Patience));
    }

    [Fact]
    public async Task HostPortsPodIsReplaced_NextDatagramReachesTheNewOne()
    {
        await network.ApplyAsync(State([HostPort(0), Pods[1]]));
        using var client = new Caller(network.Machine, ProtocolType.Udp);
        Assert.Null(await client.ConnectAsync(PodNetwork.NodeAddress, 5353, Patience));
        Assert.StartsWith("pod0 ", await client.AskAsync(Patience));
        await network.ApplyAsync(State([Pods[0], HostPort(1)]));
        Assert.StartsWith("pod1 ", await client.AskAsync(Patience));
    }

    private static V1Pod HostPort(int index) => Pod(
        "default", $"pod{index}", PodNetwork.PodAddress(index), "", new V1ContainerPort { ContainerPort = 53, Protocol = "UDP", HostPort = 5353 });

    private static ClusterState Dns(params int[] endpoints)
    {
        var service = Service("dns", Cluster, new V1ServicePort { Name = "dns", Port = 53, Protocol = "UDP", NodePort = 30053 });
        service.Spec.Type = "NodePort";
        return State(Pods, [service], [Slice("dns", "dns", 53, "UDP", [.. endpoints.Select(i => Endpoint(PodNetwork.PodAddress(i)))])]);
    }
}
