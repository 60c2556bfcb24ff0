using Tandem.LoadBalancer.Engine;
using Tandem.LoadBalancer.Health;

namespace Tandem.LoadBalancer.Tests.Simulation;

/// <summary>What is true of a cluster, whatever the load balancer believes; in true time.</summary>
internal sealed class Facts
{
    private readonly List<TimeSpan> _saved = [];

    /// <summary>Its condition, and since when.</summary>
    public Condition Condition { get; private set; }

    public TimeSpan ConditionSince { get; private set; }

    public TimeSpan LastPassEnded { get; private set; }

    public TimeSpan LastFailEnded { get; private set; }

    /// <summary>Whether the last check that ended found no route.</summary>
    public bool LastNoRoute { get; private set; }

    /// <summary>Passed checks in a row.</summary>
    public int Passes { get; private set; }

    /// <summary>The most passed checks in a row since it was last published down.</summary>
    public int BestRun { get; private set; }

    /// <summary>Failed checks since it last passed as many in a row as bring it up.</summary>
    public int Failures { get; private set; }

    /// <summary>Start of the first check of the present run of passed ones.</summary>
    public TimeSpan GoodSince { get; private set; }

    /// <summary>When it was published down, as far as the load balancer's clock lets it remember.</summary>
    public List<TimeSpan> Flips { get; } = [];

    /// <summary>The same in true time, without those before a return that damping had no say in.</summary>
    public List<TimeSpan> DampedFlips { get; } = [];

    public void Falls(Condition condition, TimeSpan now)
    {
        if (condition.IsGood != Condition.IsGood || condition.IsDead != Condition.IsDead)
            ConditionSince = now;
        Condition = condition;
    }

    public void Passed(TimeSpan startedAt, TimeSpan now, HealthRules rules)
    {
        GoodSince = LastFailEnded >= LastPassEnded ? startedAt : GoodSince;
        (LastPassEnded, LastNoRoute) = (now, false);
        Passes++;
        BestRun = Math.Max(BestRun, Passes);
        if (Passes >= rules.Up)
            Failures = 0;
    }

    /// <param name="now">When the check ended.</param>
    /// <param name="counts">Whether it tells anything of the cluster.</param>
    /// <param name="noRoute">Whether it found no route.</param>
    public void Failed(TimeSpan now, bool counts, bool noRoute)
    {
        (LastFailEnded, LastNoRoute) = (now, noRoute);
        if (counts)
            (Passes, Failures) = (0, Failures + 1);
    }

    /// <summary>It is published up or down now.</summary>
    public void Published(bool up, bool released, TimeSpan now, HealthRules rules)
    {
        // What is out of the window is forgotten here, so that no step of the clock brings it back.
        Flips.RemoveAll(flip => now - flip > rules.FlapWindow);
        if (!up)
        {
            BestRun = 0;
            Flips.Add(now);
            DampedFlips.Add(now);
        }
        else if (released)
        {
            DampedFlips.Clear();
        }
    }

    /// <summary>A decision was written to disk, with the flips of all clusters.</summary>
    public void Save()
    {
        _saved.Clear();
        _saved.AddRange(Flips);
    }

    /// <summary>A new process has counted nothing yet; what it remembers is as old as its clock says, and never in the future.</summary>
    /// <param name="now">When it starts.</param>
    /// <param name="step">How far the wall clock was set ahead since the last start.</param>
    public void Restarted(TimeSpan now, TimeSpan step)
    {
        (Passes, BestRun, Failures, LastNoRoute) = (0, 0, 0, false);
        for (var i = 0; i < _saved.Count; i++)
            _saved[i] -= step;
        Flips.Clear();
        Flips.AddRange(_saved.Select(flip => flip < now ? flip : now));
        if (step > TimeSpan.Zero)
            DampedFlips.Clear();
    }

    /// <summary>How long damping may hold the cluster back that has been good since a time.</summary>
    public TimeSpan Hold(TimeSpan at, CheckPlan plan) => plan.Rules.Hold(Flips.Count(flip => at - flip <= plan.Rules.FlapWindow));
}
