using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Tandem.LoadBalancer.Engine;
using Tandem.LoadBalancer.Health;

namespace Tandem.LoadBalancer.Tests.Simulation;

/// <summary>Why quiet stretches may be skipped: on a board that is healthy beyond doubt a passed check changes nothing but times.</summary>
public class FixedPointTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly SimulatedPlatform Platform = SimulatedPlatform.Default;

    private static readonly Gen<TargetHealth> BeyondDoubt =
        from successes in Gen.OneOf(Gen.Choose(2, 1000), Gen.Constant(int.MaxValue))
        from flips in Gen.Choose(0, 2_000).ListOf()
        from good in Gen.Choose(0, 100_000)
        from seen in Gen.Choose(0, 10)
        select new TargetHealth
        {
            Observed = Observed.Healthy,
            ObservedSince = Start.AddSeconds(-good),
            Published = true,
            PublishedSince = Start.AddSeconds(-good),
            Successes = successes,
            GoodSince = Start.AddSeconds(-good),
            NetworkSeenAt = Start.AddSeconds(-seen),
            Flips = [.. flips.Order().Select(f => Start.AddSeconds(-f))],
        };

    [Property(MaxTest = 1000)]
    public Property PassedCheck_OnABoardHealthyBeyondDoubt_ChangesNothingButTimes() => Prop.ForAll(
        BeyondDoubt.Two().ToArbitrary(), Gen.Choose(0, 1).ToArbitrary(), Gen.Choose(1, 1_000_000).ToArbitrary(),
        (healths, target, later) =>
        {
            var board = new HealthBoard(
                ImmutableDictionary<TargetKey, TargetHealth>.Empty.Add(Platform.Keys[0], healths.Item1).Add(Platform.Keys[1], healths.Item2), false);
            var at = Start.AddSeconds(later);

            var step = BoardStep.Of(Platform.Configuration, board, Platform.Keys[target], new CheckPassed(at, at), _ => Platform.Plan.Rules, SimulatedCode.Unresolved);

            Assert.False(step.Save || step.WakeOthers || step.Board.Frozen);
            foreach (var key in Platform.Keys)
            {
                Assert.True(Simulation.HealthyBeyondDoubt(step.Board.Targets[key], Platform.Plan.Rules));
                Assert.Equal(WithoutTimes(board.Targets[key]), WithoutTimes(step.Board.Targets[key]));
            }
        });

    /// <summary>Successes beyond those that are needed count for nothing either. Flips are compared whole: they are times, but kept.</summary>
    private static string WithoutTimes(TargetHealth health) => string.Join(
        ' ', health with { NetworkSeenAt = null, Successes = Math.Min(health.Successes, Platform.Plan.Rules.Up), Flips = [] },
        string.Join(',', health.Flips));
}
