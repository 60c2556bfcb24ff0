using System.Net;
using Tandem.Cloudflare.Model;
using Tandem.LoadBalancer.Health;
using Tandem.LoadBalancer.Probing;
using Tandem.LoadBalancer.State;
using Tandem.LoadBalancer.Steering;

namespace Tandem.LoadBalancer.Engine;

/// <summary>How one target is checked and judged.</summary>
/// <param name="Monitor">The monitor it came from; the same object as long as nobody changed it.</param>
/// <param name="Pool">The pool it came from.</param>
/// <param name="Request">What is sent.</param>
/// <param name="Retries">Probes repeated after a timeout, while nothing is to be confirmed.</param>
/// <param name="Timing">When.</param>
/// <param name="Rules">Thresholds.</param>
internal sealed record CheckPlan(
    CloudflareMonitor Monitor, CloudflarePool Pool, ProbeRequest Request, int Retries, CheckTiming Timing, HealthRules Rules)
{
    /// <summary>The longest a whole check can take.</summary>
    public TimeSpan Longest => Request.Timeout * (Retries + 1);

    /// <summary>What is to be probed: the enabled origins of enabled pools, by each of the pool's monitors.</summary>
    public static Dictionary<TargetKey, CheckPlan> Of(Configuration configuration, LoadBalancerOptions options) =>
    (
        from pool in configuration.Pools.Values
        where pool.Enabled != false
        from watcher in PoolMonitor.Of(pool, configuration)
        from origin in pool.Origins!
        where origin.Enabled != false
        let key = PoolViews.Key(pool, origin, watcher)
        select (Key: key, Plan: Of(watcher.Monitor, pool, origin, key, options))
    ).ToDictionary(pair => pair.Key, pair => pair.Plan);

    /// <summary>What a monitor sends to an origin.</summary>
    public static ProbeRequest RequestOf(CloudflareMonitor monitor, CloudflarePool pool, CloudflareOrigin origin, TargetKey key)
    {
        ExpectedCodes.TryParse(monitor.ExpectedCodes ?? "", out var codes);
        var headers = monitor.Header ?? new Dictionary<string, IReadOnlyList<string>>();
        return new ProbeRequest
        {
            Kind = monitor.Type switch { "https" => ProbeKind.Https, "tcp" => ProbeKind.Tcp, _ => ProbeKind.Http },
            EndPoint = IPAddress.TryParse(key.Address, out var address) ? new IPEndPoint(address, key.Port) : new DnsEndPoint(key.Address, key.Port),
            Timeout = TimeSpan.FromSeconds(monitor.Timeout!.Value),
            Method = monitor.Method ?? "GET",
            Path = monitor.Path ?? "/",
            Host = Host(origin.Header) ?? Host(monitor.Header) ?? key.Address,
            Headers = Headers(headers, pool.Id!),
            Codes = codes,
            Body = monitor.ExpectedBody ?? "",
            FollowRedirects = monitor.FollowRedirects == true,
            AllowInsecure = monitor.AllowInsecure == true,
        };
    }

    private static CheckPlan Of(
        CloudflareMonitor monitor, CloudflarePool pool, CloudflareOrigin origin, TargetKey key, LoadBalancerOptions options)
    {
        var request = RequestOf(monitor, pool, origin, key);
        var interval = TimeSpan.FromSeconds(monitor.Interval!.Value);
        return new CheckPlan(
            monitor,
            pool,
            request,
            monitor.Retries!.Value,
            new CheckTiming(interval, request.Timeout, options.ConfirmInterval, options.ConfirmTimeout),
            new HealthRules(
                Math.Max(1, monitor.ConsecutiveDown!.Value), Math.Max(1, monitor.ConsecutiveUp!.Value),
                interval, options.FlapWindow, options.MaxHold));
    }

    private static string? Host(IReadOnlyDictionary<string, IReadOnlyList<string>>? header) =>
        header?.FirstOrDefault(pair => pair.Key.Equals("Host", StringComparison.OrdinalIgnoreCase)).Value?.FirstOrDefault();

    private static IReadOnlyList<KeyValuePair<string, string>> Headers(
        IReadOnlyDictionary<string, IReadOnlyList<string>> header, string poolId)
    {
        var all = header.Where(pair => !pair.Key.Equals("Host", StringComparison.OrdinalIgnoreCase))
            .SelectMany(pair => pair.Value.Select(value => KeyValuePair.Create(pair.Key, value))).ToList();
        if (!all.Exists(pair => pair.Key.Equals("User-Agent", StringComparison.OrdinalIgnoreCase)))
        {
            all.Add(KeyValuePair.Create("User-Agent",
                $"Mozilla/5.0 (compatible; Cloudflare-Traffic-Manager/1.0; +https://www.cloudflare.com/traffic-manager/; pool-id: {poolId[..16]})"));
        }

        return all;
    }
}
