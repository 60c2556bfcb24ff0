using System.Net;
using Tandem.Cloudflare.Model;
using Tandem.LoadBalancer.Engine;
using Tandem.LoadBalancer.Health;
using Tandem.LoadBalancer.State;
using Tandem.LoadBalancer.Steering;

namespace Tandem.LoadBalancer.Tests.Simulation;

/// <summary>What `tandem up` configures: two pools of one origin, hot first, the standby as the fallback.</summary>
internal sealed class SimulatedPlatform
{
    public const int Hot = 0;
    public const int Standby = 1;

    private static readonly LoadBalancerOptions Options = new()
    {
        StateDirectory = "",
        DnsEndPoints = [new IPEndPoint(IPAddress.Loopback, 0)],
        ApiEndPoint = new IPEndPoint(IPAddress.Loopback, 0),
        TokenFile = "",
        AccountId = "",
        ZoneId = "",
        ZoneName = "yourcompany.com",
    };

    /// <param name="monitor">Interval, timeout and thresholds.</param>
    public SimulatedPlatform(CloudflareMonitor monitor)
    {
        monitor = monitor with { Id = "m", Type = "http" };
        var pools = new[] { Pool("hot", "192.0.2.1"), Pool("standby", "192.0.2.2") };
        Balancer = new CloudflareLoadBalancer
        {
            Id = "l",
            Name = "api.yourcompany.com",
            Ttl = 30,
            DefaultPools = [.. pools.Select(p => p.Id!)],
            FallbackPool = pools[Standby].Id,
        };
        Configuration = new Configuration
        {
            Monitors = Configuration.Empty.Monitors.Add("m", monitor),
            Pools = Configuration.Empty.Pools.AddRange(pools.Select(p => KeyValuePair.Create(p.Id!, p))),
            LoadBalancers = Configuration.Empty.LoadBalancers.Add("l", Balancer),
        };
        Keys = [.. pools.Select(p => PoolViews.Key(p, p.Origins![0], new PoolMonitor(monitor, "", true, true)))];
        Plan = CheckPlan.Of(Configuration, Options)[Keys[Hot]];
    }

    public Configuration Configuration { get; }

    public CloudflareLoadBalancer Balancer { get; }

    /// <summary>The targets: hot, standby.</summary>
    public TargetKey[] Keys { get; }

    /// <summary>How each of them is checked.</summary>
    public CheckPlan Plan { get; }

    public static SimulatedPlatform Default { get; } = new(
        new CloudflareMonitor { Interval = 10, Timeout = 3, Retries = 0, ConsecutiveDown = 3, ConsecutiveUp = 2 });

    /// <summary>Any rules that a platform file may have.</summary>
    public static SimulatedPlatform Random(Random random)
    {
        var interval = random.Next(1, 61);
        return new SimulatedPlatform(new CloudflareMonitor
        {
            Interval = interval,
            Timeout = random.Next(1, Math.Min(10, interval) + 1),
            Retries = random.Next(0, 3),
            ConsecutiveDown = random.Next(1, 11),
            ConsecutiveUp = random.Next(1, 11),
        });
    }

    private static CloudflarePool Pool(string name, string address) => new()
    {
        Id = name.PadRight(32, '0'),
        Name = name,
        Enabled = true,
        MinimumOrigins = 1,
        Monitor = "m",
        Origins = [new CloudflareOrigin { Name = name, Address = address, Port = 80, Enabled = true }],
    };
}
