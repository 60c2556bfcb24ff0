using System.Collections;
using k8s;
using k8s.Models;
using Tandem.ClusterDns.Forwarding;

namespace Tandem.ClusterDns.Tests;

public sealed class ConfigurationTests
{
    [Fact]
    public void Manifest_Yaml_DeploysTheServerBehindTheClustersDnsAddress()
    {
        var objects = KubernetesYaml.LoadAllFromString(ClusterDnsManifest.Yaml);
        var service = Assert.Single(objects.OfType<V1Service>());
        var template = Assert.Single(objects.OfType<V1Deployment>()).Spec.Template;
        Assert.Equal("10.96.0.10", service.Spec.ClusterIP);
        Assert.All(service.Spec.Selector, l => Assert.Equal(l.Value, template.Metadata.Labels[l.Key]));
        Assert.Equal(ClusterDnsManifest.ImagePlaceholder, Assert.Single(template.Spec.Containers).Image);
        Assert.All(service.Spec.Ports, p => Assert.Contains(
            template.Spec.Containers[0].Ports, c => c.Name == p.TargetPort.Value && c.Protocol == p.Protocol && c.ContainerPort == 53));
    }

    [Fact]
    public void FromEnvironment_Nothing_Defaults() =>
        Assert.Equal((53, 8181, "cluster.local"), Read() is var o ? (o.Port, o.HealthPort, o.ClusterDomain) : default);

    [Fact]
    public void FromEnvironment_Values_Taken()
    {
        var options = Read(("DNS_PORT", "5353"), ("SERVICE_RANGE", "10.97.0.0/16"));
        Assert.Equal(5353, options.Port);
        Assert.Equal("10.97.0.0/16", options.Ranges[1].ToString());
    }

    [Theory]
    [InlineData("DNS_PORT", "0")]
    [InlineData("HEALTH_PORT", "http")]
    [InlineData("CLUSTER_DOMAIN", "a..b")]
    [InlineData("POD_RANGE", "fd00::/8")]
    public void FromEnvironment_BadValue_SaysWhich(string name, string value) =>
        Assert.Contains(name, Assert.Throws<FormatException>(() => Read((name, value))).Message, StringComparison.Ordinal);

    [Fact]
    public void Servers_ResolvConf_NameServersOnly() => Assert.Equal(
        ["192.0.2.1:53", "[2001:db8::1]:53"],
        ResolvConf.Servers("# nameserver 192.0.2.9\nsearch a b\nnameserver 192.0.2.1 \nnameserver\t2001:db8::1\nnameserver 192.0.2.1\nnameserver x\n")
            .Select(s => s.ToString()));

    private static ClusterDnsOptions Read(params (string Name, string Value)[] environment) =>
        ClusterDnsOptions.FromEnvironment(new Hashtable(environment.ToDictionary(e => e.Name, e => e.Value)));
}
