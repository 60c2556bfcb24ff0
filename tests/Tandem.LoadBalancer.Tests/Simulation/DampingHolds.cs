using Tandem.LoadBalancer.Health;

namespace Tandem.LoadBalancer.Tests.Simulation;

/// <summary>
/// After its n-th flip within the window W a cluster returns only when good for Hold(n) = base · 2^(n-2), at most MaxHold, unless no
/// other cluster can serve. So n flips within W take at least Hold(1) + ... + Hold(n-1), and the most that fit are the largest n for
/// which that sum is within W. The default: 0 + 10 + 20 + 40 + 80 + 160 = 310 s for 7 flips; the next hold of 300 s
/// makes 610 s, more than 600: 7.
/// </summary>
internal sealed class DampingHolds : IInvariant
{
    public string? Violation(Moment moment)
    {
        for (var i = 0; i < 2; i++)
        {
            var flips = moment.Clusters[i].DampedFlips;
            if (flips.Count == 0)
                continue;
            flips.RemoveAll(flip => moment.Now - flip > moment.Plan.Rules.FlapWindow);
            if (flips.Count > MostFlips(moment.Plan.Rules))
                return $"cluster {i} went down {flips.Count} times within {moment.Plan.Rules.FlapWindow}, more than {MostFlips(moment.Plan.Rules)}";
            var (facts, hold) = (moment.Clusters[i], moment.Clusters[i].Hold(moment.Now, moment.Plan));
            if (moment.Published[i] && !moment.PublishedBefore[i] && moment.Serviceable(1 - i) && moment.Now - facts.GoodSince < hold)
                return $"cluster {i} returned after being good for {moment.Now - facts.GoodSince}, not {hold}";
        }

        return null;
    }

    /// <summary>The most flips that fit in a window.</summary>
    public static int MostFlips(HealthRules rules)
    {
        var (flips, taken) = (1, TimeSpan.Zero);
        while ((taken += rules.Hold(flips)) <= rules.FlapWindow)
            flips++;
        return flips;
    }
}
