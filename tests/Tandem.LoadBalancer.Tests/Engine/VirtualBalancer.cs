using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Tandem.Cloudflare.Model;
using Tandem.Dns;
using Tandem.LoadBalancer.Dns;
using Tandem.LoadBalancer.Engine;
using Tandem.LoadBalancer.Events;
using Tandem.LoadBalancer.State;
using Tandem.LoadBalancer.Steering;

namespace Tandem.LoadBalancer.Tests.Engine;

/// <summary>The real engine, board, steering and table, with virtual time and a scripted network.</summary>
internal sealed class VirtualBalancer : IDisposable
{
    public const string Hot = "192.0.2.1";
    public const string Standby = "192.0.2.2";

    private static readonly string HotPool = new('a', 32);
    private static readonly string StandbyPool = new('b', 32);

    private readonly PumpedContext _context = new();
    private readonly TemporaryFolder _folder = new();
    private readonly HealthEngine _engine;
    private readonly Balancer _balancer;

    /// <param name="monitor">How the pools are checked; null for the platform's own way.</param>
    /// <param name="names">The origins' host names in place of their addresses, hot first.</param>
    public VirtualBalancer(CloudflareMonitor? monitor = null, params string[] names)
    {
        var options = RunningBalancer.Options(_folder) with
        {
            TimeProvider = Time,
            ConfirmInterval = TimeSpan.FromSeconds(1),
            ConfirmTimeout = TimeSpan.FromSeconds(1),
        };
        Directory.CreateDirectory(options.StateDirectory);
        Prober = new ScriptedProber(Time);
        foreach (var (name, address) in names.Zip([Hot, Standby]))
            Prober.Names[name] = System.Net.IPAddress.Parse(address);
        var store = ConfigurationStore.Open(_folder.File("state/config.json"));
        Events = new EventLog(_folder.File("state/events.jsonl"), Time, e => throw e);
        var zone = new ZoneHandler(new DnsTable(DnsName.Parse("yourcompany.com"), 0, [], []));
        _engine = new HealthEngine(options, Prober, new HealthStore(_folder.File("state/health.json"), e => throw e), Events, NullLogger.Instance);
        _balancer = new Balancer(options, store, _engine, Events, zone, NullLogger.Instance);
        _context.Run(_balancer.Start);
        monitor ??= new CloudflareMonitor { Timeout = 3, Retries = 0, Interval = 10, ConsecutiveDown = 3, ConsecutiveUp = 2 };
        _context.Run(() => store.Update(c => c with
        {
            Monitors = c.Monitors.Add("m", monitor with { Id = "m", Type = "http" }),
            Pools = c.Pools.Add(HotPool, Pool(HotPool, "hot", names is [var hot, _] ? hot : Hot))
                .Add(StandbyPool, Pool(StandbyPool, "standby", names is [_, var standby] ? standby : Standby)),
            LoadBalancers = c.LoadBalancers.Add("l", new CloudflareLoadBalancer
            {
                Id = "l",
                Name = RunningBalancer.Host,
                Ttl = 30,
                DefaultPools = [HotPool, StandbyPool],
                FallbackPool = StandbyPool,
            }),
        }));
        RunFor(TimeSpan.FromSeconds(1));
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public ScriptedProber Prober { get; }

    public EventLog Events { get; }

    public Answer? Answer => _balancer.Decision.Answers.GetValueOrDefault("l");

    public bool Frozen => _engine.Snapshot.Board.Frozen;

    /// <summary>Lets time pass in steps of 50 ms.</summary>
    /// <returns>How long it took until the answer was this address; null where it was not within the time.</returns>
    public TimeSpan? RunFor(TimeSpan time, string? until = null)
    {
        var step = TimeSpan.FromMilliseconds(50);
        for (var passed = TimeSpan.Zero; passed < time; passed += step)
        {
            _context.Run(() => Time.Advance(step));
            Assert.True(Answer is null || Answer.Addresses.Count > 0, "an empty answer");
            if (until is not null && Answer?.Addresses[0].ToString() == until)
                return passed + step;
        }

        return null;
    }

    public void Dispose()
    {
        _balancer.Dispose();
        _engine.Dispose();
        _folder.Dispose();
    }

    private static CloudflarePool Pool(string id, string name, string address) => new()
    {
        Id = id,
        Name = name,
        Enabled = true,
        MinimumOrigins = 1,
        Monitor = "m",
        Origins = [new CloudflareOrigin { Name = "cluster", Address = address, Port = 80, Enabled = true }],
    };
}
