using System.Net;
using k8s.Models;
using Tandem.Kubernetes.Network;
using Tandem.Kubernetes.Network.Policies;
using Tandem.Kubernetes.Network.Rules;
using Tandem.Kubernetes.Network.Services;
using static Tandem.Kubernetes.Tests.Network.Objects;

namespace Tandem.Kubernetes.Tests.Network;

public sealed class ModelTests
{
    private static readonly V1ServicePort Http = new() { Name = "http", Port = 80 };

    [Fact]
    public void ServiceMap_SomeReady_OnlyThose() => Assert.Equal(
        ["10.244.0.2:8080"], Backends(Endpoint("10.244.0.2"), Endpoint("10.244.0.3", ready: false, serving: true, terminating: true)));

    [Fact]
    public void ServiceMap_NoneReady_ThoseThatServeWhileTheyTerminate() => Assert.Equal(
        ["10.244.0.3:8080"],
        Backends(Endpoint("10.244.0.2", ready: false, serving: false), Endpoint("10.244.0.3", ready: false, serving: true, terminating: true)));

    [Fact]
    public void ServiceMap_ConditionsUnknown_Ready() =>
        Assert.Equal(["10.244.0.2:8080"], Backends(new V1Endpoint { Addresses = ["10.244.0.2"] }));

    [Fact]
    public void ServiceMap_AddressOfTwoServices_FirstKeepsIt()
    {
        V1Service[] both = [Service("b", "10.96.0.5", Http), Service("a", "10.96.0.5", Http)];
        var routes = ServiceMap.Build(
            State(services: both, slices: [Slice("a", "http", 1, "TCP", Endpoint("10.244.0.2")), Slice("b", "http", 2, "TCP", Endpoint("10.244.0.3"))]),
            Cluster);
        Assert.Equal("default/a:http", Assert.Single(routes).Name);
    }

    [Theory]
    [InlineData("10.244.0.2; flush ruleset")]
    [InlineData("fe80::1")]
    [InlineData("167772161")]
    [InlineData("")]
    public void ServiceMap_EndpointIsNoIpv4Address_LeftOut(string address) => Assert.Empty(Backends(Endpoint(address)));

    [Fact]
    public void PodAddress_TwoClaimOne_NewestThatStays()
    {
        var old = Pod("ns", "old", "10.244.0.2");
        old.Metadata.DeletionTimestamp = old.Metadata.CreationTimestamp = new DateTime(2026, 1, 2, 0, 0, 0, DateTimeKind.Utc);
        var kept = Pod("ns", "new", "10.244.0.2");
        kept.Metadata.CreationTimestamp = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        Assert.Equal("new", Assert.Single(PodAddress.Of([old, kept])).Name);
    }

    [Fact]
    public void PodAddress_FinishedOrOnTheHostNetwork_None()
    {
        var finished = Pod("ns", "a", "10.244.0.2");
        finished.Status.Phase = "Succeeded";
        var host = Pod("ns", "b", "10.77.0.11");
        host.Spec.HostNetwork = true;
        Assert.Empty(PodAddress.Of([finished, host]));
    }

    [Fact]
    public void HostPorts_AnyAddressLoopbackAndTakenOne_NodeAddressNoneAndFirst()
    {
        var ports = HostPorts.Build(
            PodAddress.Of(
            [
                Pod("ns", "a", "10.244.0.2", "", new V1ContainerPort { ContainerPort = 1, HostPort = 80, HostIP = "0.0.0.0" }),
                Pod("ns", "b", "10.244.0.3", "", new V1ContainerPort { ContainerPort = 2, HostPort = 80 }),
                Pod("ns", "c", "10.244.0.4", "", new V1ContainerPort { ContainerPort = 3, HostPort = 81, HostIP = "127.0.0.1" }),
            ]),
            Cluster.NodeAddress);
        Assert.Equal(new HostPort(6, IPEndPoint.Parse("10.77.0.11:80"), IPEndPoint.Parse("10.244.0.2:1")), Assert.Single(ports));
    }

    [Fact]
    public void AddressBlocks_NestedExceptions_OuterOnesOnly() => Assert.Equal(
        ["10.1.0.0/16", "10.9.0.0/24"],
        AddressBlocks.Build(IPNetwork.Parse("10.0.0.0/8"), [IPNetwork.Parse("10.9.0.0/24"), IPNetwork.Parse("10.1.2.0/24"), IPNetwork.Parse("10.1.0.0/16")])
            .Except.Select(e => e.ToString()));

    [Theory]
    [InlineData("10.1.2.3/8", "10.0.0.0/8")]
    [InlineData("10.1.2.3/32", "10.1.2.3/32")]
    [InlineData("10.1.2.3/0", "0.0.0.0/0")]
    [InlineData("2001:db8::/32", null)]
    [InlineData("10.1.2.3/33", null)]
    [InlineData("10.1.2.3", null)]
    public void ParseNetwork_Text_RangeWithHostBitsCleared(string text, string? range) => Assert.Equal(range, Ipv4.ParseNetwork(text)?.ToString());

    [Fact]
    public void Comment_TextWithQuotesAndLines_OneShortString()
    {
        var comment = NftText.Comment("a\" drop\n}" + new string('x', 200));
        Assert.Equal("comment \"a drop}", comment[..16]);
        Assert.Equal(127 + "comment \"\"".Length, comment.Length);
    }

    private static IEnumerable<string> Backends(params V1Endpoint[] endpoints) => ServiceMap
        .Build(State(services: [Service("web", "10.96.0.5", Http)], slices: [Slice("web", "http", 8080, "TCP", endpoints)]), Cluster)
        .SelectMany(r => r.Backends).Select(b => b.ToString());
}
