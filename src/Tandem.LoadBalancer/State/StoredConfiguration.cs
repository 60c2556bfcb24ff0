using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Tandem.Cloudflare.Model;

namespace Tandem.LoadBalancer.State;

/// <summary>
/// What a server knows of the configuration, as it stands in its file and as it goes to other servers. A file without stamps
/// is one from before there were several servers.
/// </summary>
internal sealed record StoredConfiguration
{
    /// <summary>The version this program writes, and the only one it reads.</summary>
    public const int Present = 1;

    public int Version { get; init; }

    /// <summary>The highest counter of a stamp that was ever seen.</summary>
    public long Clock { get; init; }

    public IReadOnlyList<CloudflareMonitor> Monitors { get; init; } = [];

    public IReadOnlyList<CloudflareMonitorGroup> MonitorGroups { get; init; } = [];

    public IReadOnlyList<CloudflarePool> Pools { get; init; } = [];

    public IReadOnlyList<CloudflareLoadBalancer> LoadBalancers { get; init; } = [];

    public IReadOnlyDictionary<string, bool> Forced { get; init; } = new Dictionary<string, bool>();

    /// <summary>The stamps of the above.</summary>
    public IReadOnlyList<StoredStamp> Stamps { get; init; } = [];

    /// <summary>What was deleted.</summary>
    public IReadOnlyList<StoredDeletion> Deleted { get; init; } = [];

    public static StoredConfiguration From(ReplicaState state)
    {
        var living = state.Registers.Where(pair => pair.Value.IsLiving).ToList();
        IReadOnlyList<T> Of<T>() => [.. living.Select(pair => pair.Value.Value).OfType<T>()];
        return new StoredConfiguration
        {
            Version = Present,
            Clock = state.Clock,
            Monitors = Of<CloudflareMonitor>(),
            MonitorGroups = Of<CloudflareMonitorGroup>(),
            Pools = Of<CloudflarePool>(),
            LoadBalancers = Of<CloudflareLoadBalancer>(),
            Forced = living.Where(pair => pair.Value.Value is bool).ToDictionary(pair => pair.Key.Id, pair => (bool)pair.Value.Value),
            Stamps =
            [
                .. living.Where(pair => pair.Value.Stamp != Stamp.None)
                    .Select(pair => new StoredStamp(pair.Key.Kind, pair.Key.Id, pair.Value.Stamp.Counter, pair.Value.Stamp.Writer)),
            ],
            Deleted = [.. state.Registers.Where(pair => !pair.Value.IsLiving).Select(pair => StoredDeletion.From(pair.Key, pair.Value))],
        };
    }

    /// <exception cref="ArgumentException">An object is there twice, lacks something or has a stamp that cannot be.</exception>
    public ReplicaState ToState()
    {
        // A list that the file does not have is null here, whatever its initial value says.
        var stamps = (Stamps ?? []).ToDictionary(s => new ObjectKey(s.Kind, s.Id), s => new Stamp(s.Counter, s.Writer));
        Register Living(ObjectKey key, object value) => new(stamps.GetValueOrDefault(key, Stamp.None), value, null);
        var living = new Configuration
        {
            Monitors = ById(Monitors),
            MonitorGroups = ById(MonitorGroups),
            Pools = ById(Pools),
            LoadBalancers = ById(LoadBalancers),
            Forced = (Forced ?? new Dictionary<string, bool>()).ToImmutableSortedDictionary(),
        };
        var registers = ConfigurationObjects.Of(living).Select(pair => KeyValuePair.Create(pair.Key, Living(pair.Key, pair.Value)))
            .Concat((Deleted ?? []).Select(d => KeyValuePair.Create(new ObjectKey(d.Kind, d.Id), d.ToRegister())))
            .ToImmutableSortedDictionary();
        foreach (var (key, register) in registers)
            StoredObjects.Check(key, register);
        var clock = registers.Values.Select(register => register.Stamp.Counter).Append(Clock).Max();
        return new ReplicaState(clock, registers);
    }

    private static ImmutableSortedDictionary<string, T> ById<T>(IReadOnlyList<T>? all)
        where T : class, ICloudflareObject => (all ?? []).ToImmutableSortedDictionary(
            value => value?.Id ?? throw new ArgumentException("An object has no identifier."), value => value);
}

/// <summary>The stamp of an object.</summary>
internal sealed record StoredStamp(ObjectKind Kind, string Id, long Counter, string Writer);

/// <summary>An object that was deleted, with what it was.</summary>
internal sealed record StoredDeletion(ObjectKind Kind, string Id, long Counter, string Writer, DateTimeOffset At, JsonElement Value)
{
    public static StoredDeletion From(ObjectKey key, Register register) => new(
        key.Kind, key.Id, register.Stamp.Counter, register.Stamp.Writer, register.DeletedAt!.Value,
        JsonSerializer.SerializeToElement(register.Value, register.Value.GetType(), StateJson.Default));

    public Register ToRegister() => new(
        new Stamp(Counter, Writer), Value.Deserialize(StoredObjects.TypeOf(Kind), StateJson.Default) ?? throw new ArgumentException($"{Kind} {Id} has no value."), At);
}

/// <summary>The files' JSON: Cloudflare's own names.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true,
    WriteIndented = true)]
[JsonSerializable(typeof(StoredConfiguration))]
[JsonSerializable(typeof(IReadOnlyList<StoredHealth>))]
internal sealed partial class StateJson : JsonSerializerContext;
