namespace Tandem.LoadBalancer.Tests.Simulation;

/// <summary>
/// A hot cluster that is well and passes every check serves within the bound: the first check starts at most one interval I
/// later; U - 1 further ones follow, each the confirm interval c (or the check itself, where that takes longer) after the last.
/// Where damping holds it for H, it is used at the first check that ends after H, which the usual interval I may delay:
/// <code>I + max((U-1)·c, H + I when H > 0)</code>
/// The default without damping is 10 + 1 = 11 s.
/// </summary>
internal sealed class HotServes : IInvariant
{
    public string? Violation(Moment moment)
    {
        var good = moment.GoodFor(SimulatedPlatform.Hot);
        if (!moment.Answering || moment.Answer == SimulatedPlatform.Hot || good < moment.Plan.Timing.Interval)
            return null;
        var bound = Bound(moment, SimulatedPlatform.Hot, moment.Now - good);
        return good > bound + Moment.Slack ? $"hot has been well for {good}, more than {bound}, and does not serve" : null;
    }

    /// <summary>How long it may take until a cluster that has been well since a time is published.</summary>
    public static TimeSpan Bound(Moment moment, int cluster, TimeSpan since)
    {
        var (timing, rules) = (moment.Plan.Timing, moment.Plan.Rules);
        var passes = Confirmed(moment);
        var hold = moment.Clusters[cluster].Hold(since, moment.Plan);
        var held = hold > TimeSpan.Zero ? hold + timing.Interval : TimeSpan.Zero;
        return timing.Interval + (held > passes ? held : passes);
    }

    /// <summary>How long U checks in a row take from the start of the first.</summary>
    public static TimeSpan Confirmed(Moment moment) => moment.Plan.Timing.ConfirmInterval * (moment.Plan.Rules.Up - 1);
}
