using System.Collections.Immutable;
using Tandem.LoadBalancer.Engine;
using Tandem.LoadBalancer.Health;
using Tandem.LoadBalancer.Steering;
using Tandem.LoadBalancer.Tests.Simulation;

namespace Tandem.LoadBalancer.Tests.Engine;

/// <summary>Found by the simulation: traffic left a held-back hot cluster that served, and passed every check, when the standby came back.</summary>
public class HoldReleaseTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly SimulatedPlatform Platform = SimulatedPlatform.Default;

    private static readonly TargetHealth Held = new() { Observed = Observed.Healthy, PublishedSince = Now, Flips = [Now, Now, Now], Successes = 2, GoodSince = Now };
    private static readonly TargetHealth Down = new() { Observed = Observed.Unhealthy, PublishedSince = Now };
    private static readonly TargetHealth Up = new() { Observed = Observed.Healthy, Published = true, PublishedSince = Now, Successes = 2 };

    [Fact]
    public void Of_StandbyReturnsWhileTheHeldBackHotClusterServes_TrafficStays()
    {
        var released = HoldRelease.Of(Platform.Configuration, Board(Held, Down), Now.AddSeconds(1), _ => []);
        Assert.Equal("hot", Serving(released));

        var after = released with { Targets = released.Targets.SetItem(Platform.Keys[SimulatedPlatform.Standby], Up) };
        Assert.Equal("hot", Serving(HoldRelease.Of(Platform.Configuration, after, Now.AddSeconds(2), _ => [])));
        Assert.Equal(Now.AddSeconds(1), after.Targets[Platform.Keys[SimulatedPlatform.Hot]].PublishedSince);
    }

    [Fact]
    public void Of_AnotherClusterCanServe_HoldsOn()
    {
        var board = Board(Held, Up);

        Assert.Same(board.Targets, HoldRelease.Of(Platform.Configuration, board, Now, _ => []).Targets);
    }

    [Fact]
    public void Of_OperatorTookThePoolOut_HoldsOn()
    {
        var configuration = Platform.Configuration with { Forced = Platform.Configuration.Forced.Add(Platform.Keys[0].PoolId, false) };

        Assert.False(HoldRelease.Of(configuration, Board(Held, Down), Now, _ => []).Targets[Platform.Keys[0]].Published);
    }

    private static HealthBoard Board(TargetHealth hot, TargetHealth standby) => new(
        ImmutableDictionary<TargetKey, TargetHealth>.Empty.Add(Platform.Keys[0], hot).Add(Platform.Keys[1], standby), false);

    private static string Serving(HealthBoard board) =>
        Decision.Answer(Platform.Balancer, PoolViews.Of(Platform.Configuration, board, _ => []), 1).Pool!.Name;
}
