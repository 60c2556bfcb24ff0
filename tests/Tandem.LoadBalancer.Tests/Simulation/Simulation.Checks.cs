using Tandem.LoadBalancer.Health;

namespace Tandem.LoadBalancer.Tests.Simulation;

/// <summary>The checks: what TargetProbing and the prober do, by the shipped timing. Checks overlap, and end in any order.</summary>
internal sealed partial class Simulation
{
    private void Begin(int target)
    {
        _tally.Checks++;
        var health = _process!.Health(target);
        var startedAt = _process.Start(target);
        _probes.Add(Attempt(new Probe(target, startedAt, _time.Now, _time.Now, health.Suspect, 0)
        {
            ConnectTimeout = platform.Plan.Timing.ConnectTimeout(health),
            SlowAt = health.Confirming ? null : _time.Now + platform.Plan.Timing.ConfirmInterval,
            Ends = default,
            Outcome = default,
        }));
    }

    private Probe Attempt(Probe probe)
    {
        var (takes, outcome) = _networkLost
            ? (TimeSpan.FromMilliseconds(1), Outcome.Unreachable)
            : _moment.Clusters[probe.Target].Condition.Meet(_random, probe.ConnectTimeout, platform.Plan.Timing.Timeout);
        return probe with { AttemptStarted = _time.Now, Ends = _time.Now + takes, Outcome = outcome, Own = Lost };
    }

    /// <summary>A check under way is slow, or repeated, or ends.</summary>
    private void Advance(Probe probe)
    {
        if (probe.SlowAt is { } slow && slow < probe.Ends)
        {
            probe.SlowAt = null;
            Tell(probe.Target, new CheckSlow(_process!.Now, probe.StartedAt));
            return;
        }

        _probes.Remove(probe);
        if (probe.Outcome == Outcome.TimedOut && !probe.Suspect && probe.Attempt < platform.Plan.Retries)
        {
            _probes.Add(Attempt(probe with { Attempt = probe.Attempt + 1 }));
            return;
        }

        var cluster = _moment.Clusters[probe.Target];
        if (probe.Outcome == Outcome.Passed)
        {
            cluster.Passed(probe.Started, _time.Now, platform.Plan.Rules);
            Tell(probe.Target, new CheckPassed(_process!.Now, probe.StartedAt));
        }
        else
        {
            var noRoute = probe.Outcome == Outcome.Unreachable;
            cluster.Failed(_time.Now, counts: !noRoute || !probe.Own, noRoute);
            Tell(probe.Target, new CheckFailed(_process!.Now, probe.StartedAt, noRoute));
        }
    }

    private void Tell(int target, HealthEvent happened)
    {
        _process!.Apply(target, happened);
        var health = _process.Health(target);
        trace?.Invoke(
            $"{_time.Now}  {(target == 0 ? "hot" : "standby")} {happened.GetType().Name}, started {happened.StartedAt:HH:mm:ss.fff}"
            + (happened is CheckFailed { Unreachable: true } ? ", no route" : "")
            + $": {health.Observed}, {health.Failures} failures, {health.Successes} successes, {health.Flips.Length} flips{(health.Published ? ", published" : "")}");
        _disk = _process.Disk;
    }

    /// <summary>What was under way meets the fault as well: its answer never comes.</summary>
    private void Strike(Func<Probe, bool> which, bool own)
    {
        foreach (var probe in _probes.Where(p => p.Outcome == Outcome.Passed && which(p)))
            (probe.Outcome, probe.Ends, probe.Own) = (Outcome.TimedOut, probe.AttemptStarted + platform.Plan.Timing.Timeout, own);
    }
}
