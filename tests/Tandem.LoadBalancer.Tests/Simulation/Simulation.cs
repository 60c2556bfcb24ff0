using Tandem.LoadBalancer.Health;
using Tandem.LoadBalancer.State;

namespace Tandem.LoadBalancer.Tests.Simulation;

/// <summary>
/// A world of one seed: two clusters, a load balancer, generated faults, and after every event all invariants. Quiet stretches
/// between episodes are skipped: see <see cref="FixedPointTests"/>.
/// </summary>
internal sealed partial class Simulation(int seed, SimulatedPlatform platform, SimulatedCode code, Action<string>? trace = null,
    Predicate<Episode>? only = null)
{
    private readonly Random _random = new(seed);
    private readonly SimulatedTime _time = new();
    private readonly Moment _moment = new() { Plan = platform.Plan };
    private readonly List<Probe> _probes = [];
    private readonly Tally _tally = new();
    private SimulatedProcess? _process;
    private IReadOnlyList<StoredHealth> _disk = [];
    private TimeSpan _skewAtStart;
    private bool _networkLost;

    /// <summary>Lets years pass.</summary>
    /// <exception cref="InvariantException">An invariant was violated; the message says which, when and in what episode.</exception>
    public Tally Run(double years)
    {
        var end = TimeSpan.FromDays(365.25 * years);
        Start();
        Until(TimeSpan.FromMinutes(1));
        while (_time.Now < end)
        {
            var pause = _random.Next(10) == 0 ? TimeSpan.FromMinutes(15 * _random.NextDouble()) : TimeSpan.FromDays(-40 * Math.Log(1 - _random.NextDouble()));
            Skip(_time.Now + pause);
            var episode = Episodes.Random(_random);
            if (only is null || only(episode))
                Play(episode);
        }

        return _tally;
    }

    private void Play(Episode episode)
    {
        _tally.Episodes++;
        _moment.NetworkOnly = episode.NetworkOnly;
        var begun = _time.Now;
        trace?.Invoke($"--- {episode.Name}");
        foreach (var fault in episode.Faults)
        {
            Until(begun + fault.After);
            _tally.Faults++;
            trace?.Invoke($"{_time.Now}  {fault}");
            Happens(fault);
        }

        // Until all is forgotten but the flips; the invariants say how long that may take.
        while (!Quiet())
            Until(_time.Now + platform.Plan.Timing.Interval);
    }

    private void Happens(Fault fault)
    {
        switch (fault)
        {
            case Falls falls:
                _moment.Clusters[falls.Cluster].Falls(falls.Condition, _time.Now);
                if (falls.Condition.IsDead)
                    Strike(probe => probe.Target == falls.Cluster, own: false);
                break;
            case Partition partition:
                _networkLost = partition.Lost;
                if (partition.Lost)
                    Strike(_ => true, own: true);
                break;
            case ClockStep step:
                _time.Skew += step.By;
                break;
            case Restart restart:
                var back = _time.Now + restart.Gone;
                _process = null;
                _probes.Clear();
                _moment.Answering = false;
                _time.Now = back;
                Start();
                break;
        }

        Judge(() => { });
    }

    private void Start()
    {
        var step = _time.Skew - _skewAtStart;
        _skewAtStart = _time.Skew;
        foreach (var cluster in _moment.Clusters)
            cluster.Restarted(_time.Now, step);
        _moment.StartedAt = _time.Now;
        _tally.Restarts += _disk.Count > 0 ? 1 : 0;
        Judge(() => _process = new SimulatedProcess(platform, code, _time, _disk), restarted: _disk.Count > 0);
    }

    /// <summary>Lets everything happen that is due until a time.</summary>
    private void Until(TimeSpan end)
    {
        while (true)
        {
            var (target, start) = _process!.Due(0) is var hot && _process.Due(1) is var standby && hot <= standby ? (0, hot) : (1, standby);
            var probe = _probes.MinBy(p => p.Next);
            var next = probe is not null && probe.Next <= start ? probe.Next : start;
            if (next > end)
            {
                _time.Now = end > _time.Now ? end : _time.Now;
                return;
            }

            _time.Now = next > _time.Now ? next : _time.Now;
            if (probe is not null && probe.Next <= start)
            {
                Judge(() => Advance(probe));
                continue;
            }

            // A timer is never early, and a little late.
            _time.Now += TimeSpan.FromMilliseconds(2 * _random.NextDouble());
            Begin(target);
        }
    }

    /// <summary>Does something, with all invariants before (nothing changed up to now) and after it.</summary>
    private void Judge(Action change, bool restarted = false)
    {
        if (_process is not null)
            Observe(restarted: false);
        change();
        Observe(restarted);
    }

    private void Observe(bool restarted)
    {
        var (moment, process) = (_moment, _process!);
        moment.Now = _time.Now;
        moment.Restarted = restarted;
        moment.Partitioned = Partitioned;
        if (moment.Partitioned)
            moment.PartitionedUntil = moment.Now;
        process.Decide();
        moment.Answering = process.Settled;
        for (var i = 0; i < 2; i++)
            moment.Published[i] = process.Health(i).Published;
        for (var i = 0; i < 2; i++)
        {
            if (moment.Published[i] != moment.PublishedBefore[i])
                moment.Clusters[i].Published(moment.Published[i], !moment.Serviceable(1 - i), moment.Now, platform.Plan.Rules);
        }

        if (!moment.Published.SequenceEqual(moment.PublishedBefore))
            Array.ForEach(moment.Clusters, cluster => cluster.Save());

        moment.Addresses = process.Answer.Addresses.Count;
        moment.Answer = process.Answer.Pool is { } pool ? pool.Id == platform.Keys[0].PoolId ? 0 : 1 : -1;

        foreach (var invariant in Invariants.All)
        {
            if (invariant.Violation(moment) is { } violation)
                throw new InvariantException(seed, invariant, violation, moment.Now);
        }

        Count();
        moment.Published.CopyTo(moment.PublishedBefore, 0);

        // Before the first check of all nothing is decided.
        moment.AnswerBefore = moment.AnswerBefore >= 0 || process.Settled ? moment.Answer : -1;
    }

    private void Count()
    {
        if (_moment.AnswerBefore < 0 || _moment.Answer == _moment.AnswerBefore)
            return;
        trace?.Invoke($"{_time.Now}  answer: {(_moment.Answer == 0 ? "hot" : "standby")}");
        _tally.Failovers += _moment.Answer == 1 ? 1 : 0;
        _tally.Failbacks += _moment.Answer == 0 ? 1 : 0;
    }

    /// <summary>The network is lost, or neither cluster has a route, which is the same to the load balancer.</summary>
    private bool Lost => _networkLost || _moment.Clusters.All(c => c.Condition.Ailment == Ailment.NoRoute);

    /// <summary>Lost, or not to be told from it: neither had a route when it was last checked.</summary>
    private bool Partitioned => Lost || _moment.Clusters.All(c => c.LastNoRoute);

    private bool Quiet() => _probes.Count == 0 && _process!.Settled && !_process.Board.Frozen
        && HealthyBeyondDoubt(_process.Health(0), platform.Plan.Rules) && HealthyBeyondDoubt(_process.Health(1), platform.Plan.Rules);

    /// <summary>Whether a passed check changes nothing but times.</summary>
    public static bool HealthyBeyondDoubt(TargetHealth health, HealthRules rules) =>
        health is { Observed: Observed.Healthy, Published: true, Failures: 0, SlowSince: null } && health.Successes >= rules.Up;

    /// <summary>Goes to a time before which all checks pass, by way of the last of them alone.</summary>
    private void Skip(TimeSpan to)
    {
        for (var target = 0; target < 2 && to - _time.Now > platform.Plan.Timing.Interval * 3; target++)
            _tally.Skipped += (to - _time.Now) / platform.Plan.Timing.Interval;
        if (to - _time.Now > platform.Plan.Timing.Interval * 3)
        {
            var starts = new[] { (Target: 0, At: _process!.LastUsualStart(0, to)), (Target: 1, At: _process.LastUsualStart(1, to)) };
            foreach (var (target, at) in starts.OrderBy(s => s.At))
            {
                _time.Now = at;
                Begin(target);
                var probe = _probes[^1];
                _time.Now = probe.Ends < to ? probe.Ends : to;
                Judge(() => Advance(probe));
            }
        }

        Until(to);
    }
}
