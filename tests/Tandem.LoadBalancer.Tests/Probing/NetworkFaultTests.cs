using System.Net;
using Tandem.LoadBalancer.Probing;

namespace Tandem.LoadBalancer.Tests.Probing;

/// <summary>Faults that loopback addresses do not have: packets that vanish, and hosts that are not there.</summary>
public sealed class NetworkFaultTests : IAsyncLifetime
{
    private readonly NetworkProber _prober = new(TimeProvider.System);
    private NetworkNamespace _network = null!;

    public async Task InitializeAsync() => _network = await NetworkNamespace.CreateAsync();

    public async Task DisposeAsync() => await _network.DisposeAsync();

    [Theory]
    [InlineData(ProbeKind.Http)]
    [InlineData(ProbeKind.Https)]
    [InlineData(ProbeKind.Tcp)]
    public async Task ProbeAsync_PacketsSwallowed_IsTcpTimeout(ProbeKind kind)
    {
        Assert.Equal(FailureReason.ConnectionFailed, (await ProbeAsync(kind, _network.Inside, TimeSpan.FromSeconds(5))).Reason);
        await _network.RunAsync("nft", "table ip hole { chain input { type filter hook input priority 0; policy drop; }; }");

        var result = await ProbeAsync(kind, _network.Inside, TimeSpan.FromMilliseconds(500));

        Assert.Equal(FailureReason.ConnectTimeout, result.Reason);
        Assert.InRange(result.Duration.TotalSeconds, 0.49, 2);
    }

    [Fact]
    public async Task ProbeAsync_NobodyHasTheAddress_IsNoRouteToHost()
    {
        var result = await ProbeAsync(ProbeKind.Http, _network.Nobody, TimeSpan.FromSeconds(20));

        Assert.Equal(FailureReason.NoRoute, result.Reason);
        Assert.True(FailureReason.IsUnreachable(result.Reason));
    }

    private Task<ProbeResult> ProbeAsync(ProbeKind kind, IPAddress address, TimeSpan timeout) => _prober.ProbeAsync(
        new ProbeRequest { Kind = kind, EndPoint = new IPEndPoint(address, 80), Timeout = timeout, Host = address.ToString() },
        timeout,
        CancellationToken.None);
}
