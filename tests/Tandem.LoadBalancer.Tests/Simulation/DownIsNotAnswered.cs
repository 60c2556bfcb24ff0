namespace Tandem.LoadBalancer.Tests.Simulation;

/// <summary>
/// A cluster that is dead, and of which every check fails, is not answered for longer than CheckTiming's worst case while the
/// other one is well. With a server that accepts and is silent a confirming check takes the whole timeout T, so for every fault:
/// <code>I + min(N·c + T, max(T·(retries+1), (N-1)·c + T))</code>
/// The default is 10 + min(6, max(3, 5)) = 15 s. After a loss of the load balancer's own network the freeze ends with the first
/// check that gets through, at most I later, and counting begins anew: I more. After a restart the first check starts at once, but nothing
/// is doubted before it has ended: <c>T·(retries+1) + N·c + T</c>, where that is more. The other must have been well for as long as it takes
/// to see that, I + (U-1)·c; damping does not count, since one that is held back is better than one that is down.
/// </summary>
internal sealed class DownIsNotAnswered : IInvariant
{
    public string? Violation(Moment moment)
    {
        if (!moment.Answering)
            return null;
        var dead = moment.DeadFor(moment.Answer);
        if (dead < TimeSpan.Zero)
            return null;
        var bound = Bound(moment, moment.Now - dead);
        if (dead < bound)
            return null;
        var other = moment.GoodFor(1 - moment.Answer);
        return other > moment.Plan.Timing.Interval + HotServes.Confirmed(moment) + Moment.Slack
            ? $"{(moment.Answer == 0 ? "hot" : "standby")} is answered, dead for {dead}, more than {bound}, while the other is well for {other}"
            : null;
    }

    private static TimeSpan Bound(Moment moment, TimeSpan since)
    {
        var (timing, n, plan) = (moment.Plan.Timing, moment.Plan.Rules.Down, moment.Plan);
        var latest = timing.ConfirmInterval * n + timing.Timeout;
        var usual = timing.ConfirmInterval * (n - 1) + timing.Timeout;
        usual = plan.Longest > usual ? plan.Longest : usual;
        var thaw = since == moment.PartitionedUntil ? timing.Interval : TimeSpan.Zero;
        var bound = timing.Interval + (latest < usual ? latest : usual) + thaw + Moment.Slack;
        var first = plan.Longest + latest + Moment.Slack;
        return since == moment.StartedAt && first > bound ? first : bound;
    }
}
