using System.Collections.Immutable;
using System.Net;
using Microsoft.Extensions.Logging;
using Tandem.Cloudflare.Model;
using Tandem.LoadBalancer.Dns;
using Tandem.LoadBalancer.Events;
using Tandem.LoadBalancer.Health;
using Tandem.LoadBalancer.Probing;
using Tandem.LoadBalancer.State;
using Tandem.LoadBalancer.Steering;

namespace Tandem.LoadBalancer.Engine;

/// <summary>From configuration and health to the DNS table, and the events on the way.</summary>
internal sealed class Balancer(
    LoadBalancerOptions options, ConfigurationStore store, HealthEngine engine, EventLog events, ZoneHandler zone, ILogger logger)
    : IDisposable
{
    private readonly Lock _gate = new();
    private readonly ZonePublisher _publisher = new(options, zone);
    private readonly DateTimeOffset _started = options.TimeProvider.GetUtcNow();
    private readonly HashSet<string> _settled = [];
    private readonly Dictionary<string, ITimer> _deadlines = [];
    private readonly HashSet<string> _late = [];
    private readonly Dictionary<string, PoolState> _told = [];
    private volatile Decision _decision = Decision.Empty;

    private readonly Configuration _atStart = store.Current;
    private Configuration _configured = store.Current;

    private readonly record struct PoolState(bool Published, DateTimeOffset? Since);

    /// <summary>What is said now.</summary>
    public Decision Decision => _decision;

    /// <summary>Told of every new decision, in order; must not throw.</summary>
    public event Action<Decision>? Decided;

    /// <summary>Since when a pool is published as it is; null before its first decision.</summary>
    public DateTimeOffset? Since(string poolId)
    {
        lock (_gate)
            return _told.TryGetValue(poolId, out var told) ? told.Since : null;
    }

    /// <summary>Begins to follow configuration and health.</summary>
    public void Start()
    {
        store.Changed += engine.Reconfigure;
        engine.Changed += Refresh;
        engine.Reconfigure(store.Current);
    }

    public void Dispose()
    {
        store.Changed -= engine.Reconfigure;
        engine.Changed -= Refresh;
        lock (_gate)
        {
            foreach (var timer in _deadlines.Values)
                timer.Dispose();
        }
    }

    private void Refresh()
    {
        lock (_gate)
        {
            var snapshot = engine.Snapshot;
            var (configuration, board, _) = snapshot;
            var before = _decision;
            var pools = PoolViews.Of(configuration, board, snapshot.Addresses);
            var shown = new List<ZonePublisher.Published>();
            var answers = ImmutableDictionary.CreateBuilder<string, Answer>();
            foreach (var balancer in configuration.LoadBalancers.Values.Where(b => b.Enabled != false))
            {
                var settled = IsSettled(balancer, configuration, board);
                var answer = Decision.Answer(balancer, pools, SuspectTtl);
                shown.Add(balancer.Proxied == true && options.Proxy is { } proxy
                    ? new ZonePublisher.Published(balancer.Name!, answer with { Addresses = proxy.Addresses, Ttl = balancer.Ttl!.Value }, settled)
                    : new ZonePublisher.Published(balancer.Name!, answer, settled));
                if (settled)
                    answers.Add(balancer.Id!, answer);
            }

            // The table first: an event must not be earlier than what it tells of.
            _decision = new Decision(pools, answers.ToImmutable()) { Configuration = configuration };
            _publisher.Publish(shown);
            var configured = !ReferenceEquals(_configured, configuration);
            foreach (var news in ConfigurationNews.Between(_configured, configuration))
                events.Add(news);
            _configured = configuration;
            TellPools(configuration, pools, board);
            foreach (var balancer in configuration.LoadBalancers.Values)
                TellAnswer(balancer, before.Answers.GetValueOrDefault(balancer.Id!), answers.GetValueOrDefault(balancer.Id!), configured);
            Decided?.Invoke(_decision);
        }
    }

    private int SuspectTtl => Math.Max(1, (int)Math.Ceiling(options.ConfirmInterval.TotalSeconds));

    /// <summary>Whether each target of a load balancer has been checked once, or has had the time for it.</summary>
    private bool IsSettled(CloudflareLoadBalancer balancer, Configuration configuration, HealthBoard board)
    {
        var id = balancer.Id!;
        if (_settled.Contains(id))
            return true;
        var open = Decision.Unchecked(balancer, board);
        if (open.Count > 0 && !_late.Contains(id))
        {
            if (!_deadlines.ContainsKey(id))
            {
                var plans = CheckPlan.Of(configuration, options);
                var longest = open.Max(key => plans.TryGetValue(key, out var plan) ? plan.Longest : TimeSpan.Zero);
                _deadlines[id] = options.TimeProvider.CreateTimer(
                    _ => Expire(id), null, longest + TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
            }

            return false;
        }

        if (_deadlines.Remove(id, out var timer))
            timer.Dispose();
        return _settled.Add(id);
    }

    private void Expire(string id)
    {
        lock (_gate)
            _late.Add(id);
        Refresh();
    }

    private void TellPools(Configuration configuration, ImmutableDictionary<string, PoolView> pools, HealthBoard board)
    {
        foreach (var gone in _told.Keys.Where(id => !pools.ContainsKey(id)).ToList())
            _told.Remove(gone);
        foreach (var pool in pools.Values)
        {
            // Before its first check a pool is neither up nor down; afterwards what it is is news, unless it was so before a restart.
            var targets = board.Targets.Where(pair => pair.Key.PoolId == pool.Id).ToList();
            if (pool.Forced is null && targets.Any(pair => pair.Value.Observed == Observed.Unknown))
                continue;
            var known = _told.TryGetValue(pool.Id, out var told);
            if (known && told.Published == pool.Published)
                continue;
            var since = (pool.Forced is null ? targets.Max(pair => pair.Value.PublishedSince) : null) ?? options.TimeProvider.GetUtcNow();
            _told[pool.Id] = new PoolState(pool.Published, since);
            var forcedBefore = pool.Forced is { } word && _atStart.Forced.TryGetValue(pool.Id, out var old) && old == word;
            if (!known && (since < _started || forcedBefore))
                continue;
            var reason = Reason(pool, targets.Select(pair => pair.Key));
            var checks = engine.Snapshot.Checks;
            var detail = DecisionWords.Of(pool, [.. targets.Select(t => (t.Key, t.Value, checks.GetValueOrDefault(t.Key)))]);
            events.Add(new BalancerEvent
            {
                Type = pool.Published ? BalancerEvent.PoolUp : BalancerEvent.PoolDown,
                PoolId = pool.Id,
                Pool = configuration.Pools[pool.Id].Name,
                Reason = reason,
                Detail = detail,
                MinimumOrigins = configuration.Pools[pool.Id].MinimumOrigins,
                Origins = EventOrigins.Of(configuration.Pools[pool.Id], configuration, board, checks, since),
            });
            logger.PoolChanged(pool.Name, $"{(pool.Published ? "up" : "down")}: {detail}");
        }
    }

    private string Reason(PoolView pool, IEnumerable<TargetKey> targets)
    {
        if (pool.Forced is not null)
            return "forced";
        var checks = engine.Snapshot.Checks;
        return targets.Select(key => checks.GetValueOrDefault(key)?.Result.Reason)
            .FirstOrDefault(reason => reason is not null and not FailureReason.None) ?? FailureReason.None;
    }

    private void TellAnswer(CloudflareLoadBalancer balancer, Answer? before, Answer? after, bool configured)
    {
        if (after is null || (before is not null && before.Addresses.SequenceEqual(after.Addresses)))
            return;
        static IReadOnlyList<string> Text(IReadOnlyList<IPAddress>? addresses) => [.. (addresses ?? []).Select(a => a.ToString())];
        var happened = new BalancerEvent
        {
            Type = BalancerEvent.AnswerChanged,
            LoadBalancer = balancer.Name,
            PoolId = after.Pool?.Id,
            Pool = after.Pool?.Name,
            Addresses = Text(after.Addresses),
            Previous = Text(before?.Addresses),
            Detail = DecisionWords.Of(before, after, _decision.Pools, configured),
        };
        events.Add(happened);
        logger.AnswerChanged(balancer.Name!, string.Join(", ", happened.Previous), string.Join(", ", happened.Addresses));
    }
}
