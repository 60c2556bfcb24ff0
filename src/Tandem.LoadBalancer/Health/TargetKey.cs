namespace Tandem.LoadBalancer.Health;

/// <summary>
/// One origin of one pool, as one monitor sees it. The address belongs to it: an origin that moves is another one, whose health
/// is unknown.
/// </summary>
/// <param name="PoolId">The pool's identifier.</param>
/// <param name="Origin">The origin's name.</param>
/// <param name="Address">Its IP address or host name.</param>
/// <param name="Port">Its port.</param>
/// <param name="Monitor">The monitor's identifier where it is one of a group; empty for the pool's only one.</param>
public readonly record struct TargetKey(string PoolId, string Origin, string Address, int Port, string Monitor = "")
{
    /// <inheritdoc/>
    public override string ToString() =>
        $"{PoolId}/{Origin} ({Address}:{Port}{(Monitor.Length > 0 ? ", monitor " + Monitor : "")})";
}
