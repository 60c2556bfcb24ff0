using Tandem.Cloudflare.Model;

namespace Tandem.Platform.Failover.Lint;

/// <summary>What can be said of a pool that is in use. Pure.</summary>
public static class PoolRules
{
    /// <summary>Without a monitor health is ignored.</summary>
    public static Finding? Monitor(CloudflarePool pool) => pool is { Monitor.Length: > 0 } or { MonitorGroup.Length: > 0 } ? null : new Finding(
        Severity.Error, Name(pool),
        "it has no monitor: its health is ignored, and traffic stays on it when it is dead",
        "give it a monitor");

    /// <summary>A pool that needs more origins than it has is never healthy.</summary>
    public static Finding? Minimum(CloudflarePool pool) => Enabled(pool) is var enabled && (pool.MinimumOrigins ?? 1) > enabled
        ? new Finding(
            Severity.Error, Name(pool),
            $"it needs {pool.MinimumOrigins ?? 1} healthy origins and has {enabled} that are enabled: it is never healthy",
            "lower minimum_origins or enable origins")
        : null;

    /// <summary>A disabled pool is neither probed nor given traffic.</summary>
    public static Finding? Disabled(CloudflarePool pool) => pool.Enabled != false ? null : new Finding(
        Severity.Warning, Name(pool),
        "it is disabled, and a load balancer uses it: it is not checked, and nothing fails over to it",
        "enable it, or take it out of the load balancer");

    /// <summary>Retries follow timeouts only, and there is nothing else in the pool that could serve meanwhile.</summary>
    public static Finding? Retries(CloudflarePool pool, CloudflareMonitor monitor)
    {
        if (MonitorRules.RetriesOf(monitor) == 0)
            return null;
        var delay = MonitorRules.TimeoutOf(monitor) * MonitorRules.RetriesOf(monitor);
        var alone = Enabled(pool) == 1 ? "with one origin nothing else in the pool serves meanwhile, so that " : "";
        return new Finding(
            Severity.Warning, Name(pool),
            $"its {MonitorRules.Name(monitor)} has {MonitorRules.RetriesOf(monitor)} retries: they follow timeouts only, not refused connections or wrong answers; {alone}they make failover up to {delay} s later",
            "set retries to 0 and consecutive_down to the failures that you want to see");
    }

    internal static int Enabled(CloudflarePool pool) => (pool.Origins ?? []).Count(o => o.Enabled != false);

    internal static string Name(CloudflarePool pool) => $"pool {pool.Name}";
}
