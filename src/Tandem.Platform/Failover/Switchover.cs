namespace Tandem.Platform.Failover;

/// <summary>Moves traffic by an operator's word, and keeps it there. Through the load balancer's API alone.</summary>
public static class Switchover
{
    /// <summary>Makes a cluster the preferred one, and holds it so.</summary>
    /// <param name="order">The load balancer.</param>
    /// <param name="preference">Which cluster, and whose word that is.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="Cloudflare.CloudflareException">The API refused.</exception>
    /// <exception cref="HttpRequestException">The API cannot be reached.</exception>
    public static async Task<SwitchoverOutcome> RunAsync(PoolOrder order, Preference preference, CancellationToken cancellationToken)
    {
        if (await order.ReadAsync(cancellationToken) is not { } state)
            return SwitchoverOutcome.NotSetUp;
        var (target, other) = preference.Cluster == "hot" ? (state.Hot, state.Standby) : (state.Standby, state.Hot);
        if (target.Healthy != true && other.Healthy == true)
            return SwitchoverOutcome.NotHealthy;
        string[] wanted = [target.Id!, other.Id!];
        var moves = !state.Order.SequenceEqual(wanted);
        if (!moves && state.Preference?.Cluster == preference.Cluster)
            return SwitchoverOutcome.NothingToDo;
        await order.WriteAsync(state, wanted, preference, cancellationToken);
        return moves ? SwitchoverOutcome.Moved : SwitchoverOutcome.Held;
    }

    /// <summary>Takes the operator's word back: the failback policy holds again.</summary>
    /// <returns>What was held; null where nothing was.</returns>
    /// <exception cref="Cloudflare.CloudflareException">The API refused.</exception>
    /// <exception cref="HttpRequestException">The API cannot be reached.</exception>
    public static async Task<Preference?> ResumeAsync(PoolOrder order, Spec.FailbackSpec failback, CancellationToken cancellationToken)
    {
        if (await order.ReadAsync(cancellationToken) is not { Preference: { } held } state)
            return null;
        IReadOnlyList<string> wanted = failback.Automatic ? [state.Hot.Id!, state.Standby.Id!] : state.Order;
        await order.WriteAsync(state, wanted, null, cancellationToken);
        return held;
    }
}

/// <summary>How <see cref="Switchover"/> ended.</summary>
public enum SwitchoverOutcome
{
    /// <summary>Traffic goes to the other cluster now, and stays there.</summary>
    Moved,

    /// <summary>The cluster was preferred already, and is held so from now on.</summary>
    Held,

    /// <summary>It was held already.</summary>
    NothingToDo,

    /// <summary>Refused: traffic would go to a cluster that cannot serve, from one that can.</summary>
    NotHealthy,

    /// <summary>There is no such load balancer yet.</summary>
    NotSetUp,
}
