namespace Tandem.Platform.Failover;

/// <summary>An operator's word: traffic returns to the hot cluster.</summary>
public static class ManualFailback
{
    /// <summary>Makes hot the preferred pool, unless it is down.</summary>
    /// <exception cref="Cloudflare.CloudflareException">The API refused.</exception>
    /// <exception cref="HttpRequestException">The API cannot be reached.</exception>
    public static async Task<FailbackOutcome> RunAsync(PoolOrder order, CancellationToken cancellationToken)
    {
        if (await order.ReadAsync(cancellationToken) is not { } state)
            return FailbackOutcome.NotSetUp;
        if (state.Hot.Healthy != true)
            return FailbackOutcome.HotNotHealthy;
        string[] wanted = [state.Hot.Id!, state.Standby.Id!];
        if ((state.Order.SequenceEqual(wanted) || state.Order.SequenceEqual(wanted[..1])) && state.Preference is null)
            return FailbackOutcome.NothingToDo;
        await order.WriteAsync(state, wanted, null, cancellationToken);
        return FailbackOutcome.Done;
    }
}

/// <summary>How <see cref="ManualFailback"/> ended.</summary>
public enum FailbackOutcome
{
    /// <summary>Hot is preferred now.</summary>
    Done,

    /// <summary>Hot was preferred already.</summary>
    NothingToDo,

    /// <summary>Refused: traffic would go to a cluster that cannot serve.</summary>
    HotNotHealthy,

    /// <summary>There is no such load balancer yet.</summary>
    NotSetUp,
}
