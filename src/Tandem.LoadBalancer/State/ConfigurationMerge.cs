using System.Text.Json;

namespace Tandem.LoadBalancer.State;

/// <summary>
/// What two servers know together: of each object the later write. This is a join of a semilattice (idempotent, commutative,
/// associative), so all servers end with the same, in whatever order and however often they tell each other.
/// </summary>
internal static class ConfigurationMerge
{
    /// <summary>Both together; registers of the first stay the same objects where the second has nothing later.</summary>
    public static ReplicaState Merge(ReplicaState mine, ReplicaState theirs) => new(
        Math.Max(mine.Clock, theirs.Clock),
        mine.Registers.SetItems(theirs.Registers.Where(pair =>
            !mine.Registers.TryGetValue(pair.Key, out var known) || Wins(pair.Value, known))));

    /// <summary>Whether a write is later than another one of the same object.</summary>
    public static bool Wins(Register one, Register other) => one.Stamp.CompareTo(other.Stamp) switch
    {
        // Without stamps nobody knows which is later, but all servers must choose alike. No two writes have the same stamp.
        0 => one.Stamp == Stamp.None && string.CompareOrdinal(Text(one), Text(other)) > 0,
        var order => order > 0,
    };

    private static string Text(Register register) => JsonSerializer.Serialize(register.Value, register.Value.GetType(), StateJson.Default);
}
