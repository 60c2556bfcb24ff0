using System.Text.Json;
using Tandem.Kubernetes.Node.Cri;

namespace Tandem.Kubernetes.Tests.Node.Cri;

public sealed class ConfigTests
{
    [Theory]
    [InlineData("Name:\tx\nCapEff:\t000001fffeffffff\n", true)]
    [InlineData("CapEff:\t000001ffffffffff\n", false)]
    [InlineData("CapEff:\t0000000000000000\n", true)]
    public void LacksSysResource_ByTheEffectiveSet(string status, bool lacks) => Assert.Equal(lacks, ContainerdConfig.LacksSysResource(status));

    [Fact]
    public void ToToml_HasThisClustersOwnPlaces()
    {
        var toml = new ContainerdConfig("/var/lib/t/hot", "pause:1", "/etc/cni/hot") { RestrictOomScoreAdj = true }.ToToml();
        foreach (var line in (string[])[
            "version = 2", "root = \"/var/lib/t/hot/root\"", "state = \"/var/lib/t/hot/state\"", "address = \"/var/lib/t/hot/containerd.sock\"",
            "sandbox_image = \"pause:1\"", "restrict_oom_score_adj = true", "SystemdCgroup = false", "conf_dir = \"/etc/cni/hot\"", "bin_dir = \"/usr/lib/cni\""])
            Assert.Contains(line, toml.Split('\n').Select(l => l.Trim()));
    }

    [Fact]
    public void ToJson_IsABridgeWithoutMasquerade()
    {
        using var json = JsonDocument.Parse(new CniConfig("hot", "10.42.0.0/16", "/ipam").ToJson());
        var plugin = json.RootElement.GetProperty("plugins")[0];
        Assert.Equal("cni0", plugin.GetProperty("bridge").GetString());
        Assert.False(plugin.GetProperty("ipMasq").GetBoolean());
        Assert.Equal("10.42.0.0/16", plugin.GetProperty("ipam").GetProperty("ranges")[0][0].GetProperty("subnet").GetString());
    }
}
