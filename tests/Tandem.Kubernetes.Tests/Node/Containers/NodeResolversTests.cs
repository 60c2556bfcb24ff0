using Tandem.Kubernetes.Node.Containers;

namespace Tandem.Kubernetes.Tests.Node.Containers;

public sealed class NodeResolversTests
{
    [Theory]
    [InlineData("nameserver 192.0.2.1\n", "nameserver 192.0.2.9\n", "192.0.2.1")]
    [InlineData("nameserver 127.0.0.53\noptions edns0\n", "nameserver 192.0.2.9\nnameserver 192.0.2.8\n", "192.0.2.9 192.0.2.8")]
    [InlineData("nameserver 127.0.0.1\nnameserver 192.0.2.1\n", "nameserver 192.0.2.9\n", "127.0.0.1 192.0.2.1")]
    [InlineData("nameserver 127.0.0.1\n", "", "127.0.0.1")]
    [InlineData("nameserver 127.0.0.1\n", "nameserver 127.0.0.53\n", "127.0.0.1")]
    [InlineData("nameserver 2001:db8::1\n", "", "")]
    [InlineData("", "nameserver 192.0.2.9\n", "")]
    public void Choose_MachineAndSystemd_TakesThoseThatAPodCanReach(string machine, string behind, string servers) =>
        Assert.Equal(servers, string.Join(' ', NodeResolvers.ServersOf(NodeResolvers.Choose(machine, behind))));
}
