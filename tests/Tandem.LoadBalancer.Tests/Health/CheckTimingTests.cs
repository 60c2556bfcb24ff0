using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Tandem.LoadBalancer.Health;

namespace Tandem.LoadBalancer.Tests.Health;

/// <summary>
/// The bound on detection, for every phase of the fault: a simulation of events in virtual time over the real timing and the
/// real board, exact to the tick.
/// </summary>
public class CheckTimingTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TargetKey Key = new("hot", "a", "192.0.2.1", 80);
    private static readonly CheckTiming Platform = new(Seconds(10), Seconds(3), Seconds(1), Seconds(1));

    [Property(MaxTest = 1000)]
    public Property BlackHole_AtEveryPhase_IsDownWithin13Seconds() => Prop.ForAll(Gen.Choose(0, 10_000).ToArbitrary(), phase =>
        Assert.InRange(Detect(Platform, 3, 0, phase / 1000.0, connectable: false), 3, 13.001));

    [Fact]
    public void BlackHole_AtATypicalPhase_IsDownWithin9Seconds() =>
        Assert.InRange(Enumerable.Range(0, 1000).Average(p => Detect(Platform, 3, 0, p / 100.0, connectable: false)), 3, 9);

    [Property(MaxTest = 300)]
    public Property SilentServer_AtEveryPhase_IsDownWithin15Seconds() => Prop.ForAll(Gen.Choose(0, 10_000).ToArbitrary(), phase =>
        Assert.InRange(Detect(Platform, 3, 0, phase / 1000.0, connectable: true), 5, 15.001));

    [Property(MaxTest = 500)]
    public Property BlackHole_WithAnyTimingAndRetries_KeepsTheFormula() => Prop.ForAll(
        (from interval in Gen.Choose(1, 60)
         from timeout in Gen.Choose(1, 10)
         from confirm in Gen.Choose(200, 1000)
         from patience in Gen.Choose(200, 1000)
         select new CheckTiming(Seconds(interval), Seconds(timeout), Seconds(confirm / 1000.0), Seconds(patience / 1000.0))).ToArbitrary(),
        Gen.Choose(1, 5).ToArbitrary(),
        (from retries in Gen.Choose(0, 3) from phase in Gen.Choose(0, 60_000) select (retries, phase / 1000.0)).ToArbitrary(),
        (timing, down, rest) =>
        {
            var (c, k, t) = (timing.ConfirmInterval.TotalSeconds, timing.ConfirmTimeout.TotalSeconds, timing.Timeout.TotalSeconds * (rest.retries + 1));
            var bound = timing.Interval.TotalSeconds + Math.Min(down * c + k, Math.Max(t, (down - 1) * c + k));
            Assert.InRange(Detect(timing, down, rest.retries, rest.Item2, connectable: false), 0, bound + 0.001);
        });

    [Property]
    public Property NextStart_WithoutDoubt_IsOnTheGridAndWithinAnInterval(uint grid, uint last) =>
        (Platform.NextStart(Start.AddMilliseconds(last), false, Start.AddMilliseconds(grid), Start) - Start.AddMilliseconds(last) is var gap
            && gap > TimeSpan.Zero && gap <= Platform.Interval).ToProperty();

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    /// <summary>
    /// Runs a healthy target, breaks it some time after its second check, and says how many seconds later it is down.
    /// </summary>
    private static double Detect(CheckTiming timing, int down, int retries, double phase, bool connectable)
    {
        var rules = new HealthRules(down, 2, timing.Interval, Seconds(600), Seconds(300));
        var board = new HealthBoard(ImmutableDictionary<TargetKey, TargetHealth>.Empty.Add(Key, new TargetHealth()), false);
        var queue = new PriorityQueue<HealthEvent, DateTimeOffset>();
        var fault = Start + timing.Interval + Seconds(phase) + TimeSpan.FromTicks(1);
        DateTimeOffset? last = null;
        while (true)
        {
            var health = board.Targets[Key];
            if (health.Observed == Observed.Unhealthy)
                return (health.ObservedSince - fault).TotalSeconds;

            // Whatever comes first: the end of a check, or the start of the next.
            var now = queue.TryPeek(out _, out var end) ? end : DateTimeOffset.MaxValue;
            var start = timing.NextStart(last, health.Confirming, Start, last ?? Start);
            if (start >= now)
            {
                board = board.Apply(Key, queue.Dequeue(), _ => rules);
                continue;
            }

            last = start;
            if (start < fault)
            {
                queue.Enqueue(new CheckPassed(start, start), start);
                continue;
            }

            var patience = connectable ? timing.Timeout : timing.ConnectTimeout(health);
            var ends = start + patience * (health.Suspect ? 1 : retries + 1);
            queue.Enqueue(new CheckFailed(ends, start, Unreachable: false), ends);
            if (!health.Confirming && start + timing.ConfirmInterval < ends)
                queue.Enqueue(new CheckSlow(start + timing.ConfirmInterval, start), start + timing.ConfirmInterval);
        }
    }
}
