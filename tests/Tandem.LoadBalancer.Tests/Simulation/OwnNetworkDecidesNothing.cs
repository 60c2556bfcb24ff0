namespace Tandem.LoadBalancer.Tests.Simulation;

/// <summary>
/// When the load balancer's own network is lost and comes back, and nothing else happens, no decision changes. Not promised for a threshold of
/// one: there a single check at the very end of the loss is enough, and the next one, a moment later, is already proof of the network.
/// </summary>
internal sealed class OwnNetworkDecidesNothing : IInvariant
{
    public string? Violation(Moment moment) =>
        moment.NetworkOnly && moment.Plan.Rules.Down > 1 && !moment.Published.SequenceEqual(moment.PublishedBefore)
            ? "the loss of the load balancer's own network changed a decision"
            : null;
}
