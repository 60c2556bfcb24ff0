using System.Collections.Immutable;
using Tandem.LoadBalancer.Health;

namespace Tandem.LoadBalancer.Tests.Health;

public class HealthBoardTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly HealthRules Rules = new(3, 2, TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(5));
    private static readonly TargetKey Hot = new("hot", "a", "192.0.2.1", 80);
    private static readonly TargetKey Standby = new("standby", "a", "192.0.2.2", 80);

    private HealthBoard _board = new(
        ImmutableDictionary<TargetKey, TargetHealth>.Empty.Add(Hot, new TargetHealth()).Add(Standby, new TargetHealth()), false);

    public HealthBoardTests()
    {
        Pass(Hot, 0);
        Pass(Standby, 0);
    }

    [Fact]
    public void Apply_AllTargetsWithoutARoute_FreezesAndChangesNothing()
    {
        NoRoute(Hot, 10);
        Assert.True(_board.NeedsProof(Hot));
        for (var second = 11; second < 60; second++)
        {
            NoRoute(Standby, second);
            NoRoute(Hot, second);
        }

        Assert.True(_board.Frozen);
        Assert.All(_board.Targets.Values, health => Assert.True(health.Published));
    }

    [Fact]
    public void Apply_NetworkReturnsAfterAFreeze_DoesNotTakeAnybodyDown()
    {
        for (var second = 10; second < 20; second++)
        {
            NoRoute(Hot, second);
            NoRoute(Standby, second);
        }

        Pass(Standby, 20);
        Assert.False(_board.Frozen);
        Assert.True(_board.Targets[Hot].Published);
        NoRoute(Hot, 21);
        NoRoute(Hot, 22);
        Assert.True(_board.Targets[Hot].Published);
    }

    [Fact]
    public void Apply_OneTargetWithoutARoute_GoesDownOnceTheOtherWasReached()
    {
        NoRoute(Hot, 10);
        NoRoute(Hot, 11);
        NoRoute(Hot, 12);
        Assert.True(_board.Targets[Hot].Published);

        Pass(Standby, 12.1);
        Assert.False(_board.Targets[Hot].Published);
        Assert.False(_board.Frozen);
    }

    [Fact]
    public void Apply_OneTargetWithoutARouteAndTheOtherReachedSince_GoesDownAtTheThreshold()
    {
        NoRoute(Hot, 10);
        Pass(Standby, 10.1);
        NoRoute(Hot, 11);
        Assert.True(_board.Targets[Hot].Published);
        NoRoute(Hot, 12);

        Assert.False(_board.Targets[Hot].Published);
    }

    [Fact]
    public void Apply_OtherTargetDownForAnotherReason_IsAProofToo()
    {
        Apply(Standby, new CheckFailed(At(10), At(10), Unreachable: false));
        NoRoute(Hot, 10);
        NoRoute(Hot, 11);
        NoRoute(Hot, 12);

        Assert.False(_board.Targets[Hot].Published);
    }

    private static DateTimeOffset At(double second) => Start.AddSeconds(second);

    private void Apply(TargetKey key, HealthEvent happened) => _board = _board.Apply(key, happened, _ => Rules);

    private void Pass(TargetKey key, double second) => Apply(key, new CheckPassed(At(second), At(second)));

    private void NoRoute(TargetKey key, double second) => Apply(key, new CheckFailed(At(second), At(second), Unreachable: true));
}
