using Tandem.Cloudflare.Model;

namespace Tandem.Platform.Failover.Lint;

/// <summary>What can be said of a monitor by itself. Pure; fields that are not set count as Cloudflare's defaults.</summary>
public static class MonitorRules
{
    /// <summary>An interval that the plan does not allow is refused by Cloudflare.</summary>
    public static Finding? Interval(CloudflareMonitor monitor, CloudflarePlan? plan) =>
        plan is { } known && IntervalOf(monitor) is var interval && interval < CloudflarePlans.ShortestInterval(known)
            ? new Finding(
                Severity.Error, Name(monitor),
                $"the interval is {interval} s, and the plan {known} allows {CloudflarePlans.ShortestInterval(known)} s and longer: Cloudflare refuses it",
                $"make it {CloudflarePlans.ShortestInterval(known)} s, and count on failover that takes longer")
            : null;

    /// <summary>A check with its retries can take longer than the interval: the next checks come late.</summary>
    public static Finding? Duration(CloudflareMonitor monitor) => LongestCheck(monitor) > IntervalOf(monitor)
        ? new Finding(
            Severity.Warning, Name(monitor),
            $"a check can take {LongestCheck(monitor)} s ({TimeoutOf(monitor)} s and {RetriesOf(monitor)} retries), longer than the interval of {IntervalOf(monitor)} s",
            "shorten the timeout, take retries away or lengthen the interval")
        : null;

    /// <summary>The longest a whole check takes, in seconds: retries follow timeouts at once.</summary>
    internal static int LongestCheck(CloudflareMonitor monitor) => TimeoutOf(monitor) * (RetriesOf(monitor) + 1);

    internal static int IntervalOf(CloudflareMonitor monitor) => monitor.Interval ?? 60;

    internal static int TimeoutOf(CloudflareMonitor monitor) => monitor.Timeout ?? 5;

    internal static int RetriesOf(CloudflareMonitor monitor) => monitor.Retries ?? 2;

    internal static string Name(CloudflareMonitor monitor) =>
        $"monitor {(monitor.Description is { Length: > 0 } description ? description : monitor.Id)}";
}
