using System.Net;

namespace Tandem.LoadBalancer.Tests.Engine;

/// <summary>Origins that are host names, in virtual time.</summary>
public sealed class HostNameTests : IDisposable
{
    private const string HotName = "hot.example.com";
    private const string StandbyName = "standby.example.com";

    private static readonly TimeSpan Long = TimeSpan.FromMinutes(2);

    private readonly VirtualBalancer _balancer = new(null, HotName, StandbyName);

    public void Dispose() => _balancer.Dispose();

    [Fact]
    public void NameMovesToAnotherAddress_AnswerFollowsWithTheNextCheck()
    {
        Assert.Equal(VirtualBalancer.Hot, _balancer.Answer!.Addresses.Single().ToString());

        _balancer.Prober.Names[HotName] = IPAddress.Parse("192.0.2.9");

        Assert.InRange(_balancer.RunFor(Long, until: "192.0.2.9")!.Value, TimeSpan.Zero, TimeSpan.FromSeconds(10.1));
    }

    [Fact]
    public void NameNobodyKnows_WhileTheOtherIsReached_FailsOver()
    {
        _balancer.Prober.Names.Remove(HotName);

        Assert.InRange(_balancer.RunFor(Long, until: VirtualBalancer.Standby)!.Value, TimeSpan.Zero, TimeSpan.FromSeconds(13));
        Assert.False(_balancer.Frozen);
    }

    [Fact]
    public void ResolverLost_ForAllNames_FreezesTheAnswer()
    {
        _balancer.Prober.Names.Clear();

        Assert.Null(_balancer.RunFor(Long, until: VirtualBalancer.Standby));
        Assert.True(_balancer.Frozen);
        Assert.Equal(VirtualBalancer.Hot, _balancer.Answer!.Addresses.Single().ToString());
    }
}
