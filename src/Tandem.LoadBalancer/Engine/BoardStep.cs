using System.Net;
using Tandem.LoadBalancer.Health;
using Tandem.LoadBalancer.State;

namespace Tandem.LoadBalancer.Engine;

/// <summary>What follows from an event of a target: pure, so that the engine and the simulation decide alike.</summary>
/// <param name="Board">The health of all targets after it.</param>
/// <param name="Save">Whether a published decision changed, which has to be on disk before anybody acts on it.</param>
/// <param name="WakeOthers">Whether the other targets have to be checked at once, for a proof of the network.</param>
internal readonly record struct BoardStep(HealthBoard Board, bool Save, bool WakeOthers)
{
    /// <summary>Takes the step.</summary>
    public static BoardStep Of(
        Configuration configuration, HealthBoard before, TargetKey key, HealthEvent happened, Func<TargetKey, HealthRules> rules,
        Func<TargetKey, IReadOnlyList<IPAddress>> resolved)
    {
        var board = HoldRelease.Of(configuration, before.Apply(key, happened, rules), happened.At, resolved);
        return new BoardStep(
            board,
            board.Targets.Any(pair => before.Targets[pair.Key].PublishedSince != pair.Value.PublishedSince),
            happened is CheckFailed && board.NeedsProof(key));
    }
}
