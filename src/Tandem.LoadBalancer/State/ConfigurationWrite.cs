namespace Tandem.LoadBalancer.State;

/// <summary>A change by this server's own API, as writes of objects.</summary>
internal static class ConfigurationWrite
{
    /// <summary>How long a deletion is remembered: a server that was away for longer brings what it still has back.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromDays(30);

    /// <summary>Deletions remembered at most, so that a client that makes and deletes without end cannot fill memory and disk.</summary>
    public const int MostDeletions = 10_000;

    /// <summary>Stamps each object that a change touched.</summary>
    /// <param name="state">What was known.</param>
    /// <param name="before">Its configuration.</param>
    /// <param name="after">The configuration that is wanted.</param>
    /// <param name="writer">This run of the server.</param>
    /// <param name="now">The time.</param>
    public static ReplicaState Apply(ReplicaState state, Configuration before, Configuration after, string writer, DateTimeOffset now)
    {
        var stamp = new Stamp(state.Clock + 1, writer);
        var old = ConfigurationObjects.Of(before, unlike: after).ToDictionary();
        var registers = state.Registers.ToBuilder();
        foreach (var (key, value) in ConfigurationObjects.Of(after, unlike: before))
        {
            if (!old.Remove(key, out var known) || !Equals(known, value))
                registers[key] = new Register(stamp, value, null);
        }

        foreach (var (key, value) in old)
            registers[key] = new Register(stamp, value, now);
        return Settle(new ReplicaState(stamp.Counter, registers.ToImmutable()), after, stamp, now);
    }

    /// <summary>Forgets deletions that are old or too many, and words on pools that nobody knows any more.</summary>
    public static ReplicaState Prune(ReplicaState state, DateTimeOffset now)
    {
        var deleted = state.Registers.Where(pair => !pair.Value.IsLiving).ToList();
        if (deleted.Count <= MostDeletions && deleted.TrueForAll(pair => now - pair.Value.DeletedAt <= Memory))
            return state;
        var visible = state.Visible();
        deleted.RemoveAll(pair => visible.Contains(pair.Key));
        var kept = state.Registers.RemoveRange(
            deleted.OrderByDescending(pair => pair.Value.DeletedAt).ThenBy(pair => pair.Key)
                .Where((pair, i) => i >= MostDeletions || now - pair.Value.DeletedAt > Memory).Select(pair => pair.Key));
        var orphans = kept.Keys.Where(key => key.Kind == ObjectKind.Forced && !kept.ContainsKey(ReplicaState.PoolOf(key)));
        return state with { Registers = kept.RemoveRange(orphans) };
    }

    /// <summary>
    /// Makes of what only the absence or presence of others has kept or hidden a write of its own. A deleted object that stayed
    /// for the sake of a reference lives on when that goes: nobody has deleted it since. And a word on a pool that was gone does not
    /// come back with the pool.
    /// </summary>
    private static ReplicaState Settle(ReplicaState state, Configuration after, Stamp stamp, DateTimeOffset now)
    {
        // Mostly what lives is exactly what is wanted.
        if (state.Registers.All(pair => pair.Value.IsLiving == ConfigurationObjects.Has(after, pair.Key)))
            return state;
        var wanted = ConfigurationObjects.Of(after).ToDictionary();
        var visible = state.Visible();
        var kept = wanted.Where(pair => !visible.Contains(pair.Key))
            .Select(pair => KeyValuePair.Create(pair.Key, new Register(stamp, pair.Value, null)));
        var gone = visible.Where(key => !wanted.ContainsKey(key))
            .Select(key => KeyValuePair.Create(key, new Register(stamp, state.Registers[key].Value, now)));
        return state with { Registers = state.Registers.SetItems(kept.Concat(gone)) };
    }
}
