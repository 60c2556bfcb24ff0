using System.Collections.Immutable;
using System.Net;
using Microsoft.Extensions.Logging;
using Tandem.Cloudflare.Model;
using Tandem.Dns;
using Tandem.LoadBalancer.Dns;
using Tandem.LoadBalancer.Events;
using Tandem.LoadBalancer.Health;
using Tandem.LoadBalancer.Probing;
using Tandem.LoadBalancer.State;
using Tandem.LoadBalancer.Steering;

namespace Tandem.LoadBalancer.Engine;

/// <summary>What the load balancer says at one moment.</summary>
/// <param name="Pools">All pools, by identifier.</param>
/// <param name="Answers">The answer of each load balancer that is enabled, by identifier.</param>
internal sealed record Decision(ImmutableDictionary<string, PoolView> Pools, ImmutableDictionary<string, Answer> Answers);

/// <summary>From configuration and health to the DNS table, and the events on the way.</summary>
internal sealed class Balancer(
    LoadBalancerOptions options, ConfigurationStore store, HealthEngine engine, EventLog events, ZoneHandler zone, ILogger logger)
    : IDisposable
{
    private readonly Lock _gate = new();
    private readonly DnsName _zoneName = DnsName.Parse(options.ZoneName);
    private readonly DateTimeOffset _started = options.TimeProvider.GetUtcNow();
    private readonly HashSet<string> _settled = [];
    private readonly Dictionary<string, ITimer> _deadlines = [];
    private readonly HashSet<string> _late = [];
    private readonly Dictionary<string, PoolState> _told = [];
    private volatile Decision _decision = new(ImmutableDictionary<string, PoolView>.Empty, ImmutableDictionary<string, Answer>.Empty);

    private readonly record struct PoolState(bool Published, DateTimeOffset? Since);

    /// <summary>What is said now.</summary>
    public Decision Decision => _decision;

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
            var names = new Dictionary<DnsName, DnsNode>();
            var answers = ImmutableDictionary.CreateBuilder<string, Answer>();
            foreach (var balancer in configuration.LoadBalancers.Values.Where(b => b.Enabled != false))
            {
                var settled = IsSettled(balancer, configuration, board);
                var answer = Failover.Choose(
                    [.. balancer.DefaultPools!.Select(id => pools[id])], pools[balancer.FallbackPool!], balancer.Ttl!.Value, SuspectTtl);
                names[DnsName.Parse(balancer.Name!)] = DnsNode.Of(answer.Addresses, answer.Ttl, !settled);
                if (settled)
                    answers.Add(balancer.Id!, answer);
            }

            // The table first: an event must not be earlier than what it tells of.
            _decision = new Decision(pools, answers.ToImmutable());
            zone.Replace(new DnsTable(
                _zoneName, (uint)options.TimeProvider.GetUtcNow().ToUnixTimeSeconds(),
                options.NameServers.Count > 0 ? options.NameServers : [.. options.DnsEndPoints.Select(e => e.Address).Distinct().Select(a => new NameServer("ns", a))],
                names));
            TellPools(configuration, pools, board);
            foreach (var balancer in configuration.LoadBalancers.Values)
                TellAnswer(balancer, before.Answers.GetValueOrDefault(balancer.Id!), answers.GetValueOrDefault(balancer.Id!));
        }
    }

    private int SuspectTtl => Math.Max(1, (int)Math.Ceiling(options.ConfirmInterval.TotalSeconds));

    /// <summary>Whether each target of a load balancer has been checked once, or has had the time for it.</summary>
    private bool IsSettled(CloudflareLoadBalancer balancer, Configuration configuration, HealthBoard board)
    {
        var id = balancer.Id!;
        if (_settled.Contains(id))
            return true;
        var pools = balancer.DefaultPools!.Append(balancer.FallbackPool!).ToHashSet();
        var open = board.Targets.Where(pair => pools.Contains(pair.Key.PoolId) && pair.Value.Observed == Observed.Unknown).ToList();
        if (open.Count > 0 && !_late.Contains(id))
        {
            if (!_deadlines.ContainsKey(id))
            {
                var plans = CheckPlan.Of(configuration, options);
                var longest = open.Max(pair => plans.TryGetValue(pair.Key, out var plan) ? plan.Longest : TimeSpan.Zero);
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
            if (!known && since < _started)
                continue;
            var reason = Reason(pool, targets.Select(pair => pair.Key));
            events.Add(new BalancerEvent
            {
                Type = pool.Published ? BalancerEvent.PoolUp : BalancerEvent.PoolDown,
                PoolId = pool.Id,
                Pool = configuration.Pools[pool.Id].Name,
                Reason = reason,
            });
            logger.PoolChanged(pool.Name, pool.Published ? "up" : $"down: {reason}");
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

    private void TellAnswer(CloudflareLoadBalancer balancer, Answer? before, Answer? after)
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
        };
        events.Add(happened);
        logger.AnswerChanged(balancer.Name!, string.Join(", ", happened.Previous), string.Join(", ", happened.Addresses));
    }
}
