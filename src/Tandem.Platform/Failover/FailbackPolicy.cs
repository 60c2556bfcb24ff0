using Tandem.Platform.Spec;

namespace Tandem.Platform.Failover;

/// <summary>
/// Which pools the load balancer is to use, and which it is to prefer: the one place that decides so. Pure. The order of the default
/// pools is itself the memory: once the standby is first it stays there, whoever is restarted in between, until the time is over or
/// somebody says so.
/// <list type="bullet">
/// <item><b>automatic.</b> Hot first, always: the load balancer returns by itself.</item>
/// <item><b>manual.</b> Standby first from the moment hot is down while standby is healthy; never back.</item>
/// <item><b>after.</b> The same, and back once hot was healthy for that long without interruption.</item>
/// </list>
/// Where readiness is enforced, a standby that is not ready is left out while hot is preferred. It stays the fallback pool, so it serves
/// when hot is down: degraded beats down. One that is preferred is never taken out.
/// </summary>
public static class FailbackPolicy
{
    /// <summary>The order that default_pools must have.</summary>
    /// <param name="failback">What the platform file says.</param>
    /// <param name="seen">What the load balancer says, and whether the standby is admitted.</param>
    /// <returns>Pools of somebody else keep their places; an order without hot is left as it is.</returns>
    public static IReadOnlyList<string> Order(FailbackSpec failback, FailbackView seen)
    {
        var (hot, standby) = (seen.IndexOf(seen.Hot), seen.IndexOf(seen.Standby));
        if (hot < 0 || (standby < 0 && seen.Admission == StandbyAdmission.Free))
            return seen.Order;
        var isFirst = standby >= 0 && standby < hot;
        var order = seen.Order.ToList();
        if (StandbyFirst(failback, seen, isFirst))
            Place(order, seen.Standby, seen.Hot);
        else if (seen.Admission == StandbyAdmission.NotReady)
            order.Remove(seen.Standby);
        else if (standby >= 0 || seen.Admission == StandbyAdmission.Ready)
            Place(order, seen.Hot, seen.Standby);
        return order;
    }

    /// <summary>Makes one pool come before the other: they change places, or the one that is not there comes right beside the other.</summary>
    private static void Place(List<string> order, string first, string second)
    {
        var (one, two) = (order.IndexOf(first), order.IndexOf(second));
        if (one < 0)
            order.Insert(two, first);
        else if (two < 0)
            order.Insert(one + 1, second);
        else if (one > two)
            (order[one], order[two]) = (order[two], order[one]);
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
    /// <summary>Whether the standby may be among the pools.</summary>
    public StandbyAdmission Admission { get; init; }

    internal int IndexOf(string pool) => Order.ToList().IndexOf(pool);
}

/// <summary>Whether the standby may be among the default pools.</summary>
public enum StandbyAdmission
{
    /// <summary>Readiness is not enforced: the pools are left as they are.</summary>
    Free,

    /// <summary>It is enforced, and the standby is ready.</summary>
    Ready,

    /// <summary>It is enforced, and the standby is known not to be ready.</summary>
    NotReady,

    /// <summary>It is enforced, and nobody can say: it stays in or out, as it is.</summary>
    Unknown,
}
