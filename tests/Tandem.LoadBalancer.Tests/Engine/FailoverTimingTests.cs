using Tandem.LoadBalancer.Events;

namespace Tandem.LoadBalancer.Tests.Engine;

/// <summary>The whole engine in virtual time; every phase of the fault is in <see cref="Health.CheckTimingTests"/>.</summary>
public sealed class FailoverTimingTests : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);
    private readonly VirtualBalancer _balancer = new();

    public void Dispose() => _balancer.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(3.3)]
    [InlineData(9.2)]
    public void Fault_BlackHole_IsAnsweredWithin14SecondsAndFailsBackWithin12(double phase)
    {
        _balancer.RunFor(TimeSpan.FromSeconds(20 + phase));
        Assert.Equal(VirtualBalancer.Hot, _balancer.Answer!.Addresses[0].ToString());
        Assert.Equal(30, _balancer.Answer.Ttl);

        _balancer.Prober.BlackHoles.Add(VirtualBalancer.Hot);
        Assert.InRange(_balancer.RunFor(Long, until: VirtualBalancer.Standby)!.Value.TotalSeconds, 2, 14);
        _balancer.Prober.BlackHoles.Clear();
        Assert.InRange(_balancer.RunFor(Long, until: VirtualBalancer.Hot)!.Value.TotalSeconds, 0, 12);
    }

    [Fact]
    public void Fault_ShorterThanTheThreshold_ChangesOnlyTheTtl()
    {
        _balancer.RunFor(TimeSpan.FromSeconds(5));
        _balancer.Prober.Refusing.Add(VirtualBalancer.Hot);
        while (_balancer.Answer!.Ttl == 30)
            _balancer.RunFor(TimeSpan.FromMilliseconds(50));
        Assert.Equal(1, _balancer.Answer.Ttl);
        _balancer.Prober.Refusing.Clear();

        Assert.Null(_balancer.RunFor(Long, until: VirtualBalancer.Standby));
        Assert.Equal(30, _balancer.Answer.Ttl);
        Assert.DoesNotContain(_balancer.Events.Since(0), e => e.Type == BalancerEvent.PoolDown);
    }

    [Fact]
    public void SlowAnswers_WithinTheTimeout_NeverFailOver()
    {
        _balancer.Prober.Delay = TimeSpan.FromSeconds(2.5);

        Assert.Null(_balancer.RunFor(Long, until: VirtualBalancer.Standby));
        Assert.DoesNotContain(_balancer.Events.Since(0), e => e.Type == BalancerEvent.ProbeFailed);
    }

    [Fact]
    public void OwnNetworkLost_ByAllTargetsAtOnce_FreezesTheAnswer()
    {
        _balancer.RunFor(TimeSpan.FromSeconds(13));
        _balancer.Prober.Unreachable.UnionWith([VirtualBalancer.Hot, VirtualBalancer.Standby]);

        Assert.Null(_balancer.RunFor(Long, until: VirtualBalancer.Standby));
        Assert.True(_balancer.Frozen);
        _balancer.Prober.Unreachable.Clear();
        Assert.Null(_balancer.RunFor(Long, until: VirtualBalancer.Standby));
        Assert.False(_balancer.Frozen);
        Assert.Equal(
            [BalancerEvent.Frozen, BalancerEvent.Thawed],
            _balancer.Events.Since(0).Select(e => e.Type).Where(t => t is BalancerEvent.Frozen or BalancerEvent.Thawed));
    }

    [Fact]
    public void OneClusterWithoutARoute_WhileTheOtherIsReached_FailsOver()
    {
        _balancer.RunFor(TimeSpan.FromSeconds(13));
        _balancer.Prober.Unreachable.Add(VirtualBalancer.Hot);

        Assert.InRange(_balancer.RunFor(Long, until: VirtualBalancer.Standby)!.Value.TotalSeconds, 2, 12.5);
    }

    [Fact]
    public void Flapping_AgainAndAgain_KeepsTrafficAwayForLonger()
    {
        var returns = new List<double>();
        for (var i = 0; i < 4; i++)
        {
            _balancer.Prober.Refusing.Add(VirtualBalancer.Hot);
            Assert.NotNull(_balancer.RunFor(Long, until: VirtualBalancer.Standby));
            _balancer.Prober.Refusing.Clear();
            returns.Add(_balancer.RunFor(TimeSpan.FromMinutes(3), until: VirtualBalancer.Hot)!.Value.TotalSeconds);
        }

        Assert.InRange(returns[0], 0, 12);
        Assert.True(returns[1] >= 10 && returns[2] >= 20 && returns[3] >= 40, string.Join(", ", returns));
    }

    [Fact]
    public void StandbyLost_WhileTheHotOneIsHeldBack_BringsTrafficBackAtOnce()
    {
        for (var i = 0; i < 4; i++)
        {
            _balancer.Prober.Refusing.Add(VirtualBalancer.Hot);
            _balancer.RunFor(Long, until: VirtualBalancer.Standby);
            _balancer.Prober.Refusing.Clear();
            if (i < 3)
                _balancer.RunFor(TimeSpan.FromMinutes(3), until: VirtualBalancer.Hot);
        }

        _balancer.RunFor(TimeSpan.FromSeconds(12));
        Assert.Equal(VirtualBalancer.Standby, _balancer.Answer!.Addresses[0].ToString());
        _balancer.Prober.Refusing.Add(VirtualBalancer.Standby);
        Assert.InRange(_balancer.RunFor(Long, until: VirtualBalancer.Hot)!.Value.TotalSeconds, 0, 12.5);
    }

    [Fact]
    public void Checks_OfHealthyTargets_StandOnAGridAndAreSpread()
    {
        _balancer.RunFor(TimeSpan.FromSeconds(61));

        var hot = _balancer.Prober.Probes.Where(p => p.Address == VirtualBalancer.Hot).Skip(1).Select(p => p.At.TimeOfDay.TotalSeconds % 10).ToList();
        var standby = _balancer.Prober.Probes.Where(p => p.Address == VirtualBalancer.Standby).Skip(1).Select(p => p.At.TimeOfDay.TotalSeconds % 10).ToList();
        Assert.InRange(hot.Count, 5, 7);
        Assert.All(hot, second => Assert.InRange(second, 0, 0.2));
        Assert.All(standby, second => Assert.InRange(second, 5, 5.2));
    }
}
