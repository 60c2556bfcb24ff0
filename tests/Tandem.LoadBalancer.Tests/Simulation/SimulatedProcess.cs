using System.Collections.Immutable;
using Tandem.LoadBalancer.Engine;
using Tandem.LoadBalancer.Health;
using Tandem.LoadBalancer.State;
using Tandem.LoadBalancer.Steering;

namespace Tandem.LoadBalancer.Tests.Simulation;

/// <summary>One life of the load balancer: what it knows, when it checks, what it answers. As HealthEngine and Balancer do it, without their I/O.</summary>
internal sealed class SimulatedProcess
{
    private readonly SimulatedPlatform _platform;
    private readonly SimulatedCode _code;
    private readonly SimulatedTime _time;
    private readonly Func<DateTimeOffset> _clock;
    private readonly Func<TargetKey, HealthRules> _rules;
    private readonly DateTimeOffset[] _grids;
    private readonly DateTimeOffset?[] _lastStarts = new DateTimeOffset?[2];
    private readonly bool[] _checkNow = new bool[2];
    private int _shown = -1;

    public SimulatedProcess(SimulatedPlatform platform, SimulatedCode code, SimulatedTime time, IReadOnlyList<StoredHealth> disk)
    {
        (_platform, _code, _time, _clock, Disk, StartedAt) = (platform, code, time, code.Clock(time), disk, time.Now);
        _rules = _ => platform.Plan.Rules;
        var start = time.GetUtcNow();
        var known = disk.ToDictionary(stored => stored.Key, stored => code.Resume(stored, start));
        Board = new HealthBoard(
            platform.Keys.ToImmutableDictionary(key => key, key => known.GetValueOrDefault(key) ?? new TargetHealth { ObservedSince = Now }), false);
        _grids = [.. platform.Keys.Select((_, i) => CheckTiming.GridStart(start, platform.Plan.Timing.Interval, i, platform.Keys.Length))];
        Decide();
    }

    /// <summary>The time by the process's own clock.</summary>
    public DateTimeOffset Now => _clock();

    /// <summary>When it started, in true time.</summary>
    public TimeSpan StartedAt { get; }

    public HealthBoard Board { get; private set; }

    /// <summary>What is on disk.</summary>
    public IReadOnlyList<StoredHealth> Disk { get; private set; }

    /// <summary>Whether the first round of checks has ended, so that DNS answers.</summary>
    public bool Settled { get; private set; }

    /// <summary>What DNS answers, once settled.</summary>
    public Answer Answer { get; private set; } = null!;

    public TargetHealth Health(int target) => Board.Targets[_platform.Keys[target]];

    /// <summary>When the next check starts, in true time.</summary>
    public TimeSpan Due(int target)
    {
        if (_checkNow[target])
            return _time.Now;
        var now = Now;
        return _time.Now + (_platform.Plan.Timing.NextStart(_lastStarts[target], Health(target).Confirming, _grids[target], now) - now);
    }

    /// <summary>Notes that a check starts now.</summary>
    public DateTimeOffset Start(int target)
    {
        _checkNow[target] = false;
        _lastStarts[target] = Now;
        return Now;
    }

    /// <summary>The last start of the usual checks before a time that is far ahead, by the process's clock.</summary>
    public TimeSpan LastUsualStart(int target, TimeSpan before)
    {
        var interval = _platform.Plan.Timing.Interval;
        var ahead = Now + (before - _time.Now) - _grids[target];
        return before - (ahead - interval * Math.Floor(ahead / interval));
    }

    public void Apply(int target, HealthEvent happened)
    {
        var step = _code.Step(_platform.Configuration, Board, _platform.Keys[target], happened, _rules);
        Board = step.Board;
        if (step.Save)
            Disk = [.. Board.Targets.Where(pair => pair.Value.PublishedSince is not null).Select(pair => StoredHealth.Of(pair.Key, pair.Value))];
        if (step.WakeOthers)
            _checkNow[1 - target] = true;
        Decide();
    }

    /// <summary>Takes a decision whose health is no longer waited for.</summary>
    public void Decide()
    {
        Settled = Settled || _time.Now - StartedAt > _platform.Plan.Longest + TimeSpan.FromSeconds(1)
            || Decision.Unchecked(_platform.Balancer, Board).Count == 0;
        if (Shown() is var shown && shown == _shown)
            return;
        _shown = shown;
        Answer = _code.Answer(_platform.Balancer, PoolViews.Of(_platform.Configuration, Board, _ => []), 1);
    }

    /// <summary>All of the board that steering looks at, as a number.</summary>
    private int Shown()
    {
        var shown = 0;
        for (var i = 0; i < 2; i++)
        {
            var health = Health(i);
            shown = shown * 16 + (int)health.Observed * 4 + (health.Published ? 2 : 0) + (health.Suspect ? 1 : 0);
        }

        return shown;
    }
}
