using System.Collections.Immutable;
using Microsoft.Extensions.Time.Testing;
using Tandem.Cloudflare.Model;
using Tandem.LoadBalancer.Engine;
using Tandem.LoadBalancer.Proxy;
using Tandem.LoadBalancer.Steering;

namespace Tandem.LoadBalancer.Tests.Proxy;

public sealed class DrainingTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Draining _draining;

    public DrainingTests() => _draining = new Draining(_time);

    [Fact]
    public void Update_OriginDisabled_DrainsForItsTime()
    {
        Assert.Empty(Update(["a", "b"]));

        Assert.Equal(["a"], Update(["b"]));
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(["a"], Update(["b"]));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty(Update(["b"]));
    }

    [Fact]
    public void Update_OriginEnabledAgain_DrainsNoMore()
    {
        Update(["a", "b"]);
        Update(["b"]);

        Assert.Empty(Update(["a", "b"]));
    }

    [Fact]
    public void Update_OriginThatWasDown_DoesNotDrain()
    {
        Update(["a", "b"], healthy: false);

        Assert.Empty(Update(["b"], healthy: false));
    }

    [Fact]
    public void Update_NoDrainDuration_DrainsNobody()
    {
        Update(["a", "b"], seconds: 0);

        Assert.Empty(Update(["b"], seconds: 0));
    }

    private IEnumerable<string> Update(string[] origins, bool healthy = true, int seconds = 60)
    {
        var pool = Samples.Pool("p", [.. origins.Select(name => Samples.Origin("p", name, healthy: healthy))]);
        var balancer = new CloudflareLoadBalancer
        {
            DefaultPools = ["p"],
            FallbackPool = "p",
            SessionAffinityAttributes = new CloudflareSessionAffinityAttributes { DrainDuration = seconds },
        };
        return _draining.Update(balancer, new Decision(
            ImmutableDictionary<string, PoolView>.Empty.Add("p", pool), ImmutableDictionary<string, Answer>.Empty)).Select(d => d.Origin.Name);
    }
}
