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
        Pass(Standby, 11.1);
        Assert.True(_board.Targets[Hot].Published);
        NoRoute(Hot, 12);
        Pass(Standby, 12.1);

        Assert.False(_board.Targets[Hot].Published);
    }

    [Fact]
    public void Apply_OtherTargetDownForAnotherReason_IsAProofToo()
    {
        NoRoute(Hot, 10);
        NoRoute(Hot, 11);
        NoRoute(Hot, 12);
        Apply(Standby, new CheckFailed(At(12.1), At(12), Unreachable: false));

        Assert.False(_board.Targets[Hot].Published);
    }

    // The next four were found by the simulation: a lost network took the hot cluster down.
    [Fact]
    public void Apply_CheckUnderWayTimesOutBeforeTheFirstWithoutARoute_FreezesAndChangesNothing()
    {
        Fail(Hot, started: 10, ended: 13);
        Fail(Hot, started: 11, ended: 13.1);
        NoRoute(Hot, 13.2);
        Assert.True(_board.Targets[Hot].Published);
        Assert.True(_board.NeedsProof(Hot));
        NoRoute(Standby, 13.2);

        Assert.True(_board.Frozen);
        Assert.Equal((true, 0), (_board.Targets[Hot].Published, _board.Targets[Hot].Failures));
    }

    [Fact]
    public void Apply_ChecksUnderWayTimeOutWhileFrozen_AreExcusedAndDoNotThaw()
    {
        NoRoute(Hot, 10);
        NoRoute(Standby, 10);
        for (var i = 0; i < 3; i++)
            Fail(Hot, started: 9 + i / 10.0, ended: 12 + i / 10.0);
        Apply(Standby, new CheckPassed(At(12.5), At(9.9)));

        Assert.True(_board.Frozen);
        Assert.Equal((true, 0), (_board.Targets[Hot].Published, _board.Targets[Hot].Failures));
    }

    [Fact]
    public void Apply_OtherReachedByACheckThatStartedBefore_IsNoProof()
    {
        NoRoute(Hot, 10);
        Apply(Standby, new CheckPassed(At(10.1), At(9.9)));
        NoRoute(Hot, 11);
        NoRoute(Hot, 12);

        Assert.True(_board.Targets[Hot].Published);
    }

    [Fact]
    public void Apply_OtherReachedBetweenTheFailures_IsNoProofForTheLast()
    {
        NoRoute(Hot, 10);
        Pass(Standby, 10.1);
        NoRoute(Hot, 11);
        NoRoute(Hot, 12);
        NoRoute(Standby, 12.1);

        Assert.True(_board.Frozen);
        Assert.True(_board.Targets[Hot].Published);
    }

    /// <summary>Found by the simulation: a target that had just passed a check was taken down by a late proof.</summary>
    [Fact]
    public void Apply_ProofComesAfterTheTargetPassedAgain_DoesNotTakeItDown()
    {
        NoRoute(Hot, 10);
        NoRoute(Hot, 11);
        NoRoute(Hot, 12);
        Pass(Hot, 13);
        Pass(Standby, 13.1);
        Assert.True(_board.Targets[Hot].Published);
        NoRoute(Hot, 14);
        Pass(Standby, 14.1);

        Assert.False(_board.Targets[Hot].Published);
    }

    private static DateTimeOffset At(double second) => Start.AddSeconds(second);

    private void Apply(TargetKey key, HealthEvent happened) => _board = _board.Apply(key, happened, _ => Rules);

    private void Pass(TargetKey key, double second) => Apply(key, new CheckPassed(At(second), At(second)));

    private void Fail(TargetKey key, double started, double ended) =>
        Apply(key, new CheckFailed(At(ended), At(started), Unreachable: false));

    private void NoRoute(TargetKey key, double second) => Apply(key, new CheckFailed(At(second), At(second), Unreachable: true));
}
