using System.Globalization;
using Tandem.Platform.Spec;

namespace Tandem.Platform.Failover;

/// <summary>What stands against a change that an operator asks for. Pure. What the load balancer does to save the service is never held up by it.</summary>
public static class SafetyRules
{
    /// <summary>The rules that a change would break, in words; none where it may be done.</summary>
    /// <param name="safety">What the platform file says.</param>
    /// <param name="now">The time.</param>
    /// <param name="lastMoved">When traffic was last moved by an operator's word; null for never, or where that does not matter.</param>
    public static IReadOnlyList<string> Broken(SafetySpec safety, DateTimeOffset now, DateTimeOffset? lastMoved)
    {
        var broken = safety.Freeze.Where(w => w.Covers(now))
            .Select(w => $"changes are frozen {w}{(w.Reason is { } reason ? $": {reason}" : "")}").ToList();
        if (lastMoved is { } last && now - last < safety.CoolDown)
            broken.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"traffic was moved {(now - last).TotalSeconds:0} s ago, and the cool-down is {safety.CoolDown.TotalSeconds:0} s"));
        return broken;
    }
}
