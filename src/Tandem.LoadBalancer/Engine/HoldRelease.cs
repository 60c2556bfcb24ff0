using System.Net;
using Tandem.LoadBalancer.Health;
using Tandem.LoadBalancer.State;
using Tandem.LoadBalancer.Steering;

namespace Tandem.LoadBalancer.Engine;

/// <summary>
/// Ends the hold of a pool that has to serve because no other can: traffic is on it, so holding it back protects nothing. Were it still
/// held, traffic would leave it as soon as another pool is up, though it passes every check, and return a moment later; and a restart
/// would not know that it served.
/// </summary>
internal static class HoldRelease
{
    /// <summary>The board after it.</summary>
    public static HealthBoard Of(
        Configuration configuration, HealthBoard board, DateTimeOffset at, Func<TargetKey, IReadOnlyList<IPAddress>> resolved)
    {
        if (!board.Targets.Values.Any(IsHeld))
            return board;
        var pools = PoolViews.Of(configuration, board, resolved);
        var serving = configuration.LoadBalancers.Values.Where(b => b.Enabled != false)
            .Select(b => Decision.Answer(b, pools, suspectTtl: 1).Pool)
            .Where(pool => pool is { Observed: true, Published: false, Forced: null })
            .Select(pool => pool!.Id).ToHashSet();
        return board with
        {
            Targets = board.Targets.SetItems(
                from pair in board.Targets
                where serving.Contains(pair.Key.PoolId) && IsHeld(pair.Value)
                select KeyValuePair.Create(pair.Key, HealthMachine.Release(pair.Value, at))),
        };
    }

    private static bool IsHeld(TargetHealth health) => health is { Observed: Observed.Healthy, Published: false };
}
