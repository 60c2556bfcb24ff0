using Microsoft.Extensions.Logging;
using Tandem.LoadBalancer.Events;
using Tandem.LoadBalancer.Health;
using Tandem.LoadBalancer.Probing;
using Tandem.LoadBalancer.State;

namespace Tandem.LoadBalancer.Engine;

/// <summary>Runs the checks that the configuration wants, and keeps the board.</summary>
internal sealed class HealthEngine(
    LoadBalancerOptions options, IProber prober, HealthStore store, EventLog events, ILogger logger) : ITargetWatch, IDisposable
{
    private readonly MonotonicClock _clock = new(options.TimeProvider);
    private readonly Dictionary<TargetKey, TargetProbing> _probing = [];
    private readonly Dictionary<TargetKey, TargetHealth> _known = store.Load(options.TimeProvider.GetUtcNow());
    private readonly Lock _gate = new();
    private readonly DateTimeOffset _grid = options.TimeProvider.GetUtcNow();
    private volatile HealthSnapshot _snapshot = HealthSnapshot.Empty;

    /// <summary>The health now.</summary>
    public HealthSnapshot Snapshot => _snapshot;

    /// <summary>The time by which checks are dated.</summary>
    public DateTimeOffset Now => _clock.Now;

    /// <summary>Called with every check that ended; must be quick and not throw.</summary>
    public event Action<TargetKey, string, ProbeResult>? Probed;

    /// <summary>Called after every change, in order.</summary>
    public event Action? Changed;

    /// <summary>Starts and stops checks as the configuration wants. A target that stays keeps its health.</summary>
    public void Reconfigure(Configuration configuration)
    {
        var plans = CheckPlan.Of(configuration, options);
        lock (_gate)
        {
            foreach (var (key, probing) in _probing.ToList())
            {
                if (!plans.TryGetValue(key, out var plan)
                    || !ReferenceEquals(plan.Monitor, probing.Plan.Monitor) || !ReferenceEquals(plan.Pool, probing.Plan.Pool))
                {
                    probing.Stop();
                    _probing.Remove(key);
                }
            }

            var targets = _snapshot.Board.Targets.RemoveRange(_snapshot.Board.Targets.Keys.Where(key => !plans.ContainsKey(key)));
            foreach (var key in plans.Keys.Where(key => !_probing.ContainsKey(key)))
                targets = targets.SetItem(key, Begin(targets.GetValueOrDefault(key), key));
            var gone = _snapshot.Checks.Keys.Where(key => !plans.ContainsKey(key));
            _snapshot = new HealthSnapshot(configuration, _snapshot.Board with { Targets = targets }, _snapshot.Checks.RemoveRange(gone));
            var added = plans.Where(pair => !_probing.ContainsKey(pair.Key)).ToList();
            foreach (var (key, plan) in added)
                _probing[key] = new TargetProbing(key, plan, prober, _clock, this);
            Spread();
            foreach (var (key, _) in added)
                _probing[key].Start();
        }

        Changed?.Invoke();
    }

    /// <summary>Has an origin checked at once by all its monitors: its traffic says that something may be wrong.</summary>
    public void CheckNow(string poolId, string origin)
    {
        lock (_gate)
        {
            foreach (var (key, probing) in _probing)
            {
                if (key.PoolId == poolId && key.Origin == origin)
                    probing.CheckNow();
            }
        }
    }

    public TargetHealth Health(TargetKey key) => _snapshot.Board.Targets.GetValueOrDefault(key) ?? new TargetHealth();

    public void Happened(TargetKey key, HealthEvent happened, ProbeResult? result)
    {
        lock (_gate)
        {
            if (!_snapshot.Board.Targets.TryGetValue(key, out var before))
                return;
            var old = _snapshot;
            var (board, save, wakeOthers) = BoardStep.Of(old.Configuration, old.Board, key, happened, RulesOf, old.Addresses);
            var checks = result is null ? old.Checks : old.Checks.SetItem(
                key, new LastCheck(happened.StartedAt, happened.At, result, result.Addresses ?? old.Addresses(key)));
            _snapshot = old with { Board = board, Checks = checks };
            Tell(key, before, old.Board.Frozen, happened, result);
            if (result is not null)
                Probed?.Invoke(key, _probing[key].Plan.Pool.Name!, result);
            if (save)
                store.Save(board);
            if (wakeOthers)
                WakeOthers(key);
            _probing[key].Reconsider();
        }

        Changed?.Invoke();
    }

    public void Failed(TargetKey key, Exception exception) => logger.CheckError(key, exception);

    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var probing in _probing.Values)
                probing.Stop();
            _probing.Clear();
        }
    }

    /// <summary>What a target begins its checks with: its health so far, without the check under way that was given up.</summary>
    private TargetHealth Begin(TargetHealth? health, TargetKey key) =>
        health is not null ? health with { SlowSince = null }
        : _known.Remove(key, out var known) ? known
        : new TargetHealth { ObservedSince = _clock.Now };

    /// <summary>Spreads the targets of one interval evenly over it.</summary>
    private void Spread()
    {
        foreach (var group in _probing.GroupBy(pair => pair.Value.Plan.Timing.Interval))
        {
            var ordered = group.OrderBy(pair => pair.Key.ToString(), StringComparer.Ordinal).Select(pair => pair.Value).ToList();
            for (var i = 0; i < ordered.Count; i++)
            {
                ordered[i].GridStart = CheckTiming.GridStart(_grid, group.Key, i, ordered.Count);
                ordered[i].Reconsider();
            }
        }
    }

    private void WakeOthers(TargetKey key)
    {
        foreach (var (other, probing) in _probing)
        {
            if (other != key)
                probing.CheckNow();
        }
    }

    private HealthRules RulesOf(TargetKey key) => _probing[key].Plan.Rules;

    private void Tell(TargetKey key, TargetHealth before, bool wasFrozen, HealthEvent happened, ProbeResult? result)
    {
        var after = _snapshot.Board.Targets[key];
        if (happened is CheckFailed && (before.FailingSince is null || before.Observed == Observed.Unknown))
        {
            events.Add(new BalancerEvent
            {
                Type = BalancerEvent.ProbeFailed,
                PoolId = key.PoolId,
                Pool = _probing[key].Plan.Pool.Name,
                Origin = key.Origin,
                StartedAt = happened.StartedAt,
                Reason = result!.Reason,
                Detail = $"a check of origin {key.Origin} failed: {result.Reason}",
            });
            logger.ProbeFailed(key, result.Reason);
        }

        if (before.Observed == Observed.Unhealthy && HealthMachine.HeldUntil(after, happened.At, RulesOf(key)) is { } until)
        {
            events.Add(new BalancerEvent
            {
                Type = BalancerEvent.Held,
                PoolId = key.PoolId,
                Pool = _probing[key].Plan.Pool.Name,
                Origin = key.Origin,
                Until = until,
                Detail = DecisionWords.Held(key, after, until),
            });
        }

        if (before.Observed != after.Observed)
            logger.ObservedChanged(key, before.Observed, after.Observed);
        if (wasFrozen == _snapshot.Board.Frozen)
            return;
        events.Add(new BalancerEvent
        {
            Type = wasFrozen ? BalancerEvent.Thawed : BalancerEvent.Frozen,
            Reason = result?.Reason,
            Detail = wasFrozen ? "the network is back: decisions are taken again" : "no target can be reached: this machine has lost its network, and nothing is decided",
        });
        if (wasFrozen)
            logger.Thawed();
        else
            logger.Frozen(result?.Reason ?? "");
    }
}
