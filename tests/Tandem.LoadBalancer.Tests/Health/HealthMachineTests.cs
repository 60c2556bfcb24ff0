using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Tandem.LoadBalancer.Health;

namespace Tandem.LoadBalancer.Tests.Health;

public class HealthMachineTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly HealthRules Rules = new(3, 2, TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(5));

    [Fact]
    public void Apply_FirstCheck_DecidesAlone()
    {
        Assert.Equal((Observed.Healthy, true), After("P") is var up ? (up.Observed, up.Published) : default);
        Assert.Equal((Observed.Unhealthy, false), After("F") is var down ? (down.Observed, down.Published) : default);
        Assert.Empty(After("F").Flips);
    }

    [Theory]
    [InlineData("PFF", true)]
    [InlineData("PFFF", false)]
    [InlineData("PFPFPF", false)] // failures with single successes between them add up
    [InlineData("PFFPPFF", true)] // two successes clear them
    [InlineData("PFFPPFFF", false)]
    [InlineData("FP", false)]
    [InlineData("FPP", true)]
    [InlineData("FPFP", false)] // a failure loses the successes so far
    public void Apply_Sequence_PublishesByTheThresholds(string checks, bool published) => Assert.Equal(published, After(checks).Published);

    [Fact]
    public void Apply_SlowCheck_IsSuspectUntilItEnds()
    {
        var healthy = After("P");
        var slow = Apply(healthy, new CheckSlow(At(11), At(10)));

        Assert.True(slow.Suspect);
        Assert.False(Apply(slow, new CheckPassed(At(12), At(10))).Suspect);
        Assert.True(Apply(slow, new CheckPassed(At(12), At(11))).Suspect);
        Assert.False(Apply(After("F"), new CheckSlow(At(11), At(10))).Confirming);
    }

    [Theory]
    [InlineData(true, "F", true)]
    [InlineData(true, "FFF", false)]
    [InlineData(false, "P", false)]
    [InlineData(false, "PP", true)]
    public void Apply_AfterARestart_ResumesThePublishedDecision(bool published, string checks, bool after)
    {
        var restored = new TargetHealth { Published = published, PublishedSince = Start.AddDays(-1) };

        Assert.Equal(after, After(checks, restored).Published);
    }

    [Fact]
    public void Hold_WithEveryFlip_DoublesUpToTheBound() =>
        Assert.Equal([0, 0, 10, 20, 40, 80, 160, 300, 300], Enumerable.Range(0, 9).Select(n => Rules.Hold(n).TotalSeconds));

    [Fact]
    public void Apply_SecondFlipWithinTheWindow_HoldsTrafficBackUntilGoodForLonger()
    {
        var health = After("PFFF" + "PP" + "FFF" + "PP");
        Assert.Equal((Observed.Healthy, false), (health.Observed, health.Published));

        // Two flips: good for the base of 10 s, and checks are a second apart.
        health = After("PPPPPPPP", health, from: 11);
        Assert.False(health.Published);
        Assert.True(After("P", health, from: 19).Published);
    }

    [Fact]
    public void Apply_FailureWhileHeldBack_ReturnsOnlyWithoutDoubt()
    {
        var health = After("PFFF" + "PP" + "FFF" + "PP" + "F");
        Assert.Equal((Observed.Healthy, 1), (health.Observed, health.Failures));

        health = After("P", After("P", health, from: 20) with { Successes = 0 }, from: 40);
        Assert.False(health.Published);
        Assert.True(After("P", health, from: 41).Published);
    }

    [Fact]
    public void Apply_ChecksForAHundredYears_CountNoFurtherThanTheyCan()
    {
        var health = After("P") with { Successes = int.MaxValue };

        Assert.Equal(int.MaxValue, After("P", health).Successes);
        Assert.Equal(int.MaxValue, After("F", health with { Observed = Observed.Unhealthy, Failures = int.MaxValue }).Failures);
    }

    [Fact]
    public void Apply_FlipsOutsideTheWindow_AreForgotten()
    {
        var once = After("PFFFPP");
        var later = After("FFFPP", once, from: 3600);

        Assert.True(later.Published);
        Assert.Single(later.Flips);
    }

    [Property(MaxTest = 500)]
    public Property Apply_AnySequence_GoesDownOnlyAfterTheThresholdAndUpOnlyAfterTheOther() => Prop.ForAll(
        Gen.Elements('P', 'F').ListOf().Resize(60).ToArbitrary(),
        Gen.Choose(1, 5).ToArbitrary(),
        Gen.Choose(1, 5).ToArbitrary(),
        (checks, down, up) =>
        {
            var rules = Rules with { Down = down, Up = up };
            var health = After("P");
            var (failures, successes) = (0, 0);
            foreach (var (check, i) in checks.Select((c, i) => (c, i)))
            {
                var before = health;
                health = HealthMachine.Apply(health, Event(check, i + 1), rules, networkProven: true);
                (failures, successes) = check == 'F' ? (failures + 1, 0) : (failures, successes + 1);

                // The oracle: failures since the last clean run, counted apart from the machine.
                if (before.Observed == Observed.Healthy && successes >= up)
                    failures = 0;
                Assert.Equal(before.Observed == Observed.Healthy && failures >= down, before.Observed == Observed.Healthy && health.Observed == Observed.Unhealthy);
                Assert.True(before.Published || !health.Published || successes >= up);
                Assert.True(health.Observed != Observed.Unhealthy || !health.Published);
                if (before.Observed == Observed.Unhealthy && health.Observed == Observed.Healthy)
                    failures = 0;
            }
        });

    private static DateTimeOffset At(double seconds) => Start.AddSeconds(seconds);

    private static TargetHealth Apply(TargetHealth health, HealthEvent happened) =>
        HealthMachine.Apply(health, happened, Rules, networkProven: true);

    private static HealthEvent Event(char check, int second) => check == 'P'
        ? new CheckPassed(At(second), At(second))
        : new CheckFailed(At(second), At(second), Unreachable: false);

    private static TargetHealth After(string checks, TargetHealth? health = null, int from = 0) =>
        checks.Select((c, i) => Event(c, from + i)).Aggregate(health ?? new TargetHealth(), Apply);
}
