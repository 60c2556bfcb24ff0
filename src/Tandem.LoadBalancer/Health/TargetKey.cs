namespace Tandem.LoadBalancer.Health;

/// <summary>
/// One origin of one pool. The address belongs to it: an origin that moves is another one, whose health is unknown.
/// </summary>
/// <param name="PoolId">The pool's identifier.</param>
/// <param name="Origin">The origin's name.</param>
/// <param name="Address">Its IP address.</param>
/// <param name="Port">Its port.</param>
public readonly record struct TargetKey(string PoolId, string Origin, string Address, int Port)
{
    /// <inheritdoc/>
    public override string ToString() => $"{PoolId}/{Origin} ({Address}:{Port})";
}
