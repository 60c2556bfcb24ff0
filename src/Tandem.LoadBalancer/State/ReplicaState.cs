using System.Collections.Immutable;

namespace Tandem.LoadBalancer.State;

/// <summary>
/// Everything that one server knows of the zone's configuration: the last write of each object, deletions too. What counts of
/// it is its <see cref="Visible"/> part: the living objects, and the deleted ones that a living one refers to. That depends on
/// nothing but these writes, so servers that know the same writes have the same configuration.
/// </summary>
/// <param name="Clock">The highest counter that was ever seen.</param>
/// <param name="Registers">The last write of each object.</param>
internal sealed record ReplicaState(long Clock, ImmutableSortedDictionary<ObjectKey, Register> Registers)
{
    public static ReplicaState Empty { get; } = new(0, ImmutableSortedDictionary<ObjectKey, Register>.Empty);

    /// <summary>The configuration that counts.</summary>
    /// <param name="known">The configuration before: what has not changed since is taken from it.</param>
    public Configuration ToConfiguration(Configuration known) => ConfigurationObjects.ToConfiguration(
        Visible().Order().Select(key => KeyValuePair.Create(key, Registers[key].Value)), known);

    /// <summary>The objects that count.</summary>
    public HashSet<ObjectKey> Visible()
    {
        var visible = Registers.Where(pair => pair.Value.IsLiving && pair.Key.Kind != ObjectKind.Forced).Select(pair => pair.Key).ToHashSet();
        var open = new Stack<ObjectKey>(visible);
        while (open.TryPop(out var key))
        {
            foreach (var referred in ConfigurationObjects.References(Registers[key].Value))
            {
                if (Registers.ContainsKey(referred) && visible.Add(referred))
                    open.Push(referred);
            }
        }

        // A word on a pool that is gone says nothing.
        visible.UnionWith(Registers.Where(pair => pair.Value.IsLiving && pair.Key.Kind == ObjectKind.Forced && visible.Contains(PoolOf(pair.Key)))
            .Select(pair => pair.Key));
        return visible;
    }

    /// <summary>A reference to an object that nobody knows, from one that counts; null where there is none, as with all that a server wrote.</summary>
    public ObjectKey? Dangling() => Visible().SelectMany(key => ConfigurationObjects.References(Registers[key].Value))
        .Where(key => !Registers.ContainsKey(key)).Select(key => (ObjectKey?)key).FirstOrDefault();

    /// <summary>Whether both know the same writes.</summary>
    public bool SameAs(ReplicaState other) => ReferenceEquals(this, other)
        || (Clock == other.Clock && Registers.Count == other.Registers.Count
            && Registers.Zip(other.Registers).All(pair => pair.First.Key == pair.Second.Key && Same(pair.First.Value, pair.Second.Value)));

    /// <summary>The pool that an operator's word is about.</summary>
    public static ObjectKey PoolOf(ObjectKey forced) => forced with { Kind = ObjectKind.Pool };

    private static bool Same(Register one, Register other) => ReferenceEquals(one, other)
        || (one.Stamp == other.Stamp && !ConfigurationMerge.Wins(one, other) && !ConfigurationMerge.Wins(other, one));
}
