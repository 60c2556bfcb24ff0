using Tandem.LoadBalancer.Engine;
using Tandem.LoadBalancer.Health;
using Tandem.LoadBalancer.Steering;

namespace Tandem.LoadBalancer.Tests.Simulation;

/// <summary>The simulation finds what it is there to find: code that is wrong on purpose violates the invariant that forbids it.</summary>
public class BrokenCodeTests
{
    /// <summary>Far more than any of these needs.</summary>
    private const double Years = 500;

    [Fact]
    public void Run_ThresholdOfTwoInsteadOfThree_LeavesHotInVain() =>
        Finds<NeverLeftInVain>(WithRules(rules => rules with { Down = rules.Down - 1 }));

    [Fact]
    public void Run_ThresholdOfSix_AnswersADownCluster() =>
        Finds<DownIsNotAnswered>(WithRules(rules => rules with { Down = rules.Down * 2 }));

    [Fact]
    public void Run_NoHold_Flaps() => Finds<DampingHolds>(WithRules(rules => rules with { HoldBase = TimeSpan.Zero }));

    [Fact]
    public void Run_HoldOfAMinute_KeepsAHealthyClusterOut() =>
        Finds<HotServes>(WithRules(rules => rules with { HoldBase = TimeSpan.FromMinutes(1) }));

    [Fact]
    public void Run_FlipsForgottenAtARestart_Flaps() =>
        Finds<DampingHolds>(new SimulatedCode { Resume = (stored, now) => stored.Resume(now) with { Flips = [] } });

    [Fact]
    public void Run_FlipsOfTheFutureKept_KeepsAHealthyClusterOut() =>
        Finds<HotServes>(new SimulatedCode { Resume = (stored, now) => stored.Resume(now) with { Flips = [.. stored.Flips] } });

    [Fact]
    public void Run_DecisionsForgottenAtARestart_ChangesTheAnswer() =>
        Finds<RestartResumes>(new SimulatedCode { Resume = (_, now) => new TargetHealth { ObservedSince = now } });

    [Fact]
    public void Run_OwnNetworkIgnored_DecidesOnItsLoss() => Finds<OwnNetworkDecidesNothing>(
        new SimulatedCode
        {
            Step = (configuration, board, key, happened, rules) => BoardStep.Of(
                configuration, board, key, happened is CheckFailed failed ? failed with { Unreachable = false } : happened, rules, SimulatedCode.Unresolved),
        },
        episode => episode.NetworkOnly);

    [Fact]
    public void Run_OthersNotWokenForAProof_AnswersADownCluster() => Finds<DownIsNotAnswered>(new SimulatedCode
    {
        Step = (configuration, board, key, happened, rules) => BoardStep.Of(configuration, board, key, happened, rules, SimulatedCode.Unresolved) with { WakeOthers = false },
    });

    [Fact]
    public void Run_HeldBackClusterNotReleased_LeavesHotInVain() => Finds<NeverLeftInVain>(new SimulatedCode
    {
        Step = (_, board, key, happened, rules) => new BoardStep(
            board.Apply(key, happened, rules), true, happened is CheckFailed && board.Apply(key, happened, rules).NeedsProof(key)),
    });

    [Fact]
    public void Run_NoFallback_AnswersNothing() => Finds<NeverEmpty>(new SimulatedCode
    {
        Answer = (balancer, pools, ttl) => Failover.Choose([.. balancer.DefaultPools!.Select(id => pools[id])], null, 30, ttl),
    });

    [Fact]
    public void Run_WallClock_IsLedAstrayByItsSteps() => Finds<IInvariant>(new SimulatedCode { Clock = time => time.GetUtcNow });

    private static SimulatedCode WithRules(Func<HealthRules, HealthRules> wrong) => new()
    {
        Step = (configuration, board, key, happened, rules) => BoardStep.Of(configuration, board, key, happened, k => wrong(rules(k)), SimulatedCode.Unresolved),
    };

    private static void Finds<T>(SimulatedCode code, Predicate<Episode>? only = null)
        where T : IInvariant
    {
        var found = Assert.Throws<InvariantException>(
            () => new Simulation(1, SimulatedPlatform.Default, code, only: only).Run(Years));
        Assert.IsAssignableFrom<T>(found.Invariant);
    }
}
