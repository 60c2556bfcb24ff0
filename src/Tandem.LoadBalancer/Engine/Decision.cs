using System.Collections.Immutable;
using Tandem.Cloudflare.Model;
using Tandem.LoadBalancer.Health;
using Tandem.LoadBalancer.State;
using Tandem.LoadBalancer.Steering;

namespace Tandem.LoadBalancer.Engine;

/// <summary>What the load balancer says at one moment.</summary>
/// <param name="Pools">All pools, by identifier.</param>
/// <param name="Answers">The answer of each load balancer that is enabled, by identifier.</param>
internal sealed record Decision(ImmutableDictionary<string, PoolView> Pools, ImmutableDictionary<string, Answer> Answers)
{
    /// <summary>What was configured then.</summary>
    public Configuration Configuration { get; init; } = Configuration.Empty;

    public static Decision Empty { get; } = new(ImmutableDictionary<string, PoolView>.Empty, ImmutableDictionary<string, Answer>.Empty);

    /// <summary>What is answered for a load balancer's name.</summary>
    public static Answer Answer(CloudflareLoadBalancer balancer, ImmutableDictionary<string, PoolView> pools, int suspectTtl) => Failover.Choose(
        [.. balancer.DefaultPools!.Select(id => pools[id])], pools[balancer.FallbackPool!], balancer.Ttl!.Value, suspectTtl);

    /// <summary>The targets of a load balancer whose first check has not ended: until then it is not answered for.</summary>
    public static IReadOnlyList<TargetKey> Unchecked(CloudflareLoadBalancer balancer, HealthBoard board)
    {
        var pools = balancer.DefaultPools!.Append(balancer.FallbackPool!).ToHashSet();
        return [.. board.Targets.Where(pair => pools.Contains(pair.Key.PoolId) && pair.Value.Observed == Observed.Unknown).Select(pair => pair.Key)];
    }
}
