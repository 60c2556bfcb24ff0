using Tandem.Platform.Spec;

namespace Tandem.Platform.Failover;

/// <summary>
/// Which pool the load balancer is to prefer. Pure. The order of the default pools is itself the memory: once the standby is
/// first it stays there, whoever is restarted in between, until the time is over or somebody says so.
/// <list type="bullet">
/// <item><b>automatic.</b> Hot first, always: the load balancer returns by itself.</item>
/// <item><b>manual.</b> Standby first from the moment hot is down while standby is healthy; never back.</item>
/// <item><b>after.</b> The same, and back once hot was healthy for that long without interruption.</item>
/// </list>
/// </summary>
public static class FailbackPolicy
{
    /// <summary>The order that default_pools must have.</summary>
    /// <param name="failback">What the platform file says.</param>
    /// <param name="seen">What the load balancer says.</param>
    /// <returns>The same pools. Pools of somebody else keep their places; an order without both of ours is left as it is.</returns>
    public static IReadOnlyList<string> Order(FailbackSpec failback, FailbackView seen)
    {
        var (hot, standby) = (seen.IndexOf(seen.Hot), seen.IndexOf(seen.Standby));
        if (hot < 0 || standby < 0 || StandbyFirst(failback, seen, standby < hot) == standby < hot)
            return seen.Order;
        var order = seen.Order.ToList();
        (order[hot], order[standby]) = (order[standby], order[hot]);
        return order;
    }

    private static bool StandbyFirst(FailbackSpec failback, FailbackView seen, bool isFirst) => failback switch
    {
        _ when seen.Held is { } held => held == "standby",
        { Automatic: true } => false,
        { After: { } after } when isFirst => !(seen.HotHealthy && seen.HotHealthyFor >= after),
        _ => isFirst || (!seen.HotHealthy && seen.StandbyHealthy),
    };
}

/// <summary>What <see cref="FailbackPolicy"/> decides by.</summary>
/// <param name="Hot">The identifier of the hot cluster's pool.</param>
/// <param name="Standby">The identifier of the standby's.</param>
/// <param name="Order">The load balancer's default_pools, the preferred one first.</param>
/// <param name="HotHealthy">Whether hot may be given traffic.</param>
/// <param name="StandbyHealthy">Whether standby may.</param>
/// <param name="HotHealthyFor">For how long hot has been seen healthy without interruption.</param>
/// <param name="Held">The cluster that an operator prefers, whatever the policy is; null for none.</param>
public sealed record FailbackView(
    string Hot, string Standby, IReadOnlyList<string> Order, bool HotHealthy, bool StandbyHealthy, TimeSpan HotHealthyFor, string? Held = null)
{
    internal int IndexOf(string pool) => Order.ToList().IndexOf(pool);
}
