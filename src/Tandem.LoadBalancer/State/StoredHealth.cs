using Tandem.LoadBalancer.Health;

namespace Tandem.LoadBalancer.State;

/// <summary>All that outlives a process of a target's health: its last published decision, with what damping needs.</summary>
internal sealed record StoredHealth(
    string PoolId, string Origin, string Address, int Port, bool Published, DateTimeOffset Since, IReadOnlyList<DateTimeOffset> Flips,
    string Monitor = "")
{
    public TargetKey Key => new(PoolId, Origin, Address, Port, Monitor);

    /// <summary>What is kept of a target that has been decided.</summary>
    public static StoredHealth Of(TargetKey key, TargetHealth health) => new(
        key.PoolId, key.Origin, key.Address, key.Port, health.Published, health.PublishedSince!.Value, [.. health.Flips], key.Monitor);

    /// <summary>
    /// What a process that begins at this time knows of the target. Flips that the clock says are yet to come happened before it was set
    /// back: they count from now, or they would damp for as long as it was set back.
    /// </summary>
    public TargetHealth Resume(DateTimeOffset now) => new()
    {
        Published = Published,
        PublishedSince = Since,
        ObservedSince = Since,
        Flips = [.. Flips.Select(flip => flip < now ? flip : now)],
    };
}
