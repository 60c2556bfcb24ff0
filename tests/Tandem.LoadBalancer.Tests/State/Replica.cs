using Tandem.Cloudflare.Model;
using Tandem.LoadBalancer.State;

namespace Tandem.LoadBalancer.Tests.State;

/// <summary>A server as far as its configuration goes: what the API lets through, and what comes from others.</summary>
internal sealed class Replica(string writer)
{
    public static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public ReplicaState State { get; private set; } = ReplicaState.Empty;

    public Configuration Configuration { get; private set; } = Configuration.Empty;

    /// <summary>Every write this server acknowledged, as its register.</summary>
    public List<KeyValuePair<ObjectKey, Register>> Acknowledged { get; } = [];

    public void Write(Func<Configuration, Configuration> change)
    {
        var after = change(Configuration);
        if (ReferenceEquals(after, Configuration))
            return;
        var state = ConfigurationWrite.Apply(State, Configuration, after, writer, Now);
        foreach (var (key, register) in state.Registers)
        {
            if (State.Registers.TryGetValue(key, out var known) && ReferenceEquals(known, register))
                continue;
            Assert.True(known is null || ConfigurationMerge.Wins(register, known), $"{key} was written with an earlier stamp than it had");
            Acknowledged.Add(KeyValuePair.Create(key, register));
        }

        State = state;
        Configuration = state.ToConfiguration(Configuration);
        Assert.Equal(Text(after), Text(Configuration));
    }

    public void Receive(ReplicaState theirs)
    {
        State = ConfigurationMerge.Merge(State, theirs);
        Configuration = State.ToConfiguration(Configuration);
        Assert.Null(State.Dangling());
    }

    /// <summary>A configuration to compare: the objects are records over lists, which are compared by reference.</summary>
    public static string Text(Configuration configuration) => System.Text.Json.JsonSerializer.Serialize(
        ConfigurationObjects.Of(configuration).OrderBy(pair => pair.Key).Select(pair => new { pair.Key.Kind, pair.Key.Id, pair.Value }));

    public static CloudflareMonitor Monitor(string id, int interval = 10) =>
        new() { Id = id, Type = "http", Interval = interval, Timeout = 1, Retries = 0, ConsecutiveDown = 1, ConsecutiveUp = 1 };

    public static CloudflarePool Pool(string id, string monitor = "", string address = "192.0.2.1") => new()
    {
        Id = id, Name = id, Enabled = true, MinimumOrigins = 1, Monitor = monitor, Origins = [new CloudflareOrigin { Name = "o", Address = address, Port = 80 }],
    };

    public static CloudflareLoadBalancer Balancer(string id, params string[] pools) =>
        new() { Id = id, Name = $"{id}.yourcompany.com", Ttl = 30, DefaultPools = pools, FallbackPool = pools[^1] };
}
