using k8s.Models;
using Tandem.Kubernetes.Node;
using Tandem.Kubernetes.Node.Containers;

namespace Tandem.Kubernetes.Tests.Node.Containers;

public sealed class DnsConfigBuilderTests
{
    private static readonly NodeOptions Options = new()
    {
        NodeName = "n", NodeAddress = "1", StateDirectory = "/s", ContainerdSocket = "/c", PodCidr = "10.42.0.0/24", ClusterDns = "10.43.0.10", CgroupParent = "/g",
    };

    [Theory]
    [InlineData("ClusterFirst", false, "10.43.0.10|app.svc.cluster.local svc.cluster.local cluster.local example.org|ndots:5")]
    [InlineData("ClusterFirst", true, "9.9.9.9|example.org|rotate")]
    [InlineData("ClusterFirstWithHostNet", true, "10.43.0.10|app.svc.cluster.local svc.cluster.local cluster.local example.org|ndots:5")]
    [InlineData("Default", false, "9.9.9.9|example.org|rotate")]
    [InlineData("None", false, "||")]
    public void Build_ByPolicy(string policy, bool hostNetwork, string expected)
    {
        var config = DnsConfigBuilder.Build(Pod(policy, hostNetwork), Options, "# here\nnameserver 9.9.9.9\nsearch example.org\noptions rotate\n");
        Assert.Equal(expected, $"{string.Join(' ', config.Servers)}|{string.Join(' ', config.Searches)}|{string.Join(' ', config.Options)}");
    }

    [Fact]
    public void Build_WithOwnOptions_ReplacesThoseOfThePolicy()
    {
        var pod = Pod("ClusterFirst", false);
        pod.Spec.DnsConfig = new V1PodDNSConfig { Options = [new V1PodDNSConfigOption { Name = "ndots", Value = "1" }], Searches = ["cluster.local", "mine"] };
        var config = DnsConfigBuilder.Build(pod, Options, "");
        Assert.Equal(["ndots:1"], config.Options);
        Assert.Equal("mine", config.Searches[^1]);
        Assert.Equal(4, config.Searches.Count);
    }

    [Fact]
    public void Build_MoreThanAResolvConfHolds_TheFirst()
    {
        var pod = Pod("ClusterFirst", false);
        pod.Spec.DnsConfig = new V1PodDNSConfig { Nameservers = ["1.1.1.1", "1.1.1.2", "1.1.1.3"], Searches = [.. Enumerable.Range(0, 32).Select(i => $"s{i}")] };
        var config = DnsConfigBuilder.Build(pod, Options, "nameserver 9.9.9.9\nsearch cluster.local example.org\n");
        Assert.Equal(["10.43.0.10", "1.1.1.1", "1.1.1.2"], config.Servers);
        Assert.Equal(32, config.Searches.Count);
        Assert.Equal(["app.svc.cluster.local", "svc.cluster.local", "cluster.local", "example.org", "s0"], config.Searches.Take(5));
    }

    private static V1Pod Pod(string policy, bool hostNetwork) => new()
    {
        Metadata = new V1ObjectMeta { NamespaceProperty = "app" },
        Spec = new V1PodSpec { DnsPolicy = policy, HostNetwork = hostNetwork },
    };
}
