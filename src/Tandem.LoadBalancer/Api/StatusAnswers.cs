using Tandem.Dns;
using Tandem.Dns.Server;
using Tandem.LoadBalancer.Engine;
using Tandem.LoadBalancer.Proxy;
using Tandem.LoadBalancer.Replication;

namespace Tandem.LoadBalancer.Api;

/// <summary>Everything an operator wants to see at once.</summary>
internal sealed class StatusAnswers(
    HealthEngine engine, Balancer balancer, DnsServerStatistics dns, Replicator replicator, ProxyOptions? proxy, ProxyStatistics? proxying, TimeProvider time)
{
    public BalancerStatus Get()
    {
        var (snapshot, decision) = (engine.Snapshot, balancer.Decision);
        return new BalancerStatus
        {
            Frozen = snapshot.Board.Frozen,
            LoadBalancers =
            [
                .. from entry in snapshot.Configuration.LoadBalancers.Values
                   let answer = decision.Answers.GetValueOrDefault(entry.Id!)
                   let proxied = entry.Proxied == true ? proxy : null
                   select new LoadBalancerStatus
                   {
                       Id = entry.Id!,
                       Name = entry.Name!,
                       Answering = answer is not null,
                       ServingPoolId = answer?.Pool?.Id,
                       ServingPool = answer?.Pool?.Name,
                       Proxied = proxied is not null,
                       Addresses = [.. (answer is null ? [] : proxied?.Addresses ?? answer.Addresses).Select(a => a.ToString())],
                       Ttl = answer is null ? 0 : proxied is null ? answer.Ttl : entry.Ttl ?? 0,
                   },
            ],
            Pools =
            [
                .. from pool in decision.Pools.Values
                   orderby pool.Name
                   select new PoolStatus
                   {
                       Id = pool.Id,
                       Name = pool.Name,
                       Observed = pool.Observed,
                       Forced = pool.Forced switch { true => "up", false => "down", null => "auto" },
                       Published = pool.Published,
                       Since = balancer.Since(pool.Id),
                       Suspect = pool.Suspect,
                       Origins = Origins(pool.Id, snapshot),
                   },
            ],
            Peers =
            [
                .. from link in replicator.Links
                   let health = link.Health
                   select new PeerStatus
                   {
                       Api = link.Peer.ToString(),
                       Reachable = health is { Failures: 0, LastExchange: not null },
                       LastExchangeAt = health.LastExchange,
                       LastExchangeAgeSeconds = health.LastExchange is { } at ? Math.Round((time.GetUtcNow() - at).TotalSeconds, 1) : null,
                       Error = health.Error,
                   },
            ],
            Dns = new DnsStatus
            {
                UdpQueries = dns.UdpQueries,
                TcpQueries = dns.TcpQueries,
                Malformed = dns.Malformed,
                Overload = dns.Overload,
                RateLimited = dns.RateLimited,
                Slipped = dns.Slipped,
                Answers = Enum.GetValues<DnsRcode>().ToDictionary(r => r.ToString().ToUpperInvariant(), dns.Answers),
            },
            Proxy = proxying is null ? null : new ProxyStatus
            {
                Requests = proxying.Requests.Value,
                Retries = proxying.Retries.Value,
                Failures = proxying.Failures.Value,
            },
        };
    }

    private static IReadOnlyList<OriginStatus> Origins(string poolId, HealthSnapshot snapshot) =>
    [
        .. from pair in snapshot.Board.Targets
           where pair.Key.PoolId == poolId
           orderby pair.Key.Origin
           let check = snapshot.Checks.GetValueOrDefault(pair.Key)
           select new OriginStatus
           {
               Name = pair.Key.Origin,
               Address = pair.Key.Address,
               Port = pair.Key.Port,
               Observed = pair.Value.Observed.ToString().ToLowerInvariant(),
               Published = pair.Value.Published,
               Since = pair.Value.PublishedSince,
               LastProbeAt = check?.EndedAt,
               LastResult = check?.Result.Reason,
               RttMs = check is null ? null : Math.Round(check.Result.Duration.TotalMilliseconds, 1),
               Failures = pair.Value.Failures,
               Successes = pair.Value.Successes,
           },
    ];
}
