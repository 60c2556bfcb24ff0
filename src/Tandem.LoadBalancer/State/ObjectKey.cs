namespace Tandem.LoadBalancer.State;

/// <summary>The kinds of what is configured.</summary>
internal enum ObjectKind
{
    /// <summary>A monitor.</summary>
    Monitor,

    /// <summary>A monitor group.</summary>
    MonitorGroup,

    /// <summary>A pool.</summary>
    Pool,

    /// <summary>A load balancer.</summary>
    LoadBalancer,

    /// <summary>An operator's word on a pool, under the pool's identifier.</summary>
    Forced,
}

/// <summary>The name of an object on every server.</summary>
internal readonly record struct ObjectKey(ObjectKind Kind, string Id) : IComparable<ObjectKey>
{
    public int CompareTo(ObjectKey other) => Kind != other.Kind ? Kind.CompareTo(other.Kind) : string.CompareOrdinal(Id, other.Id);
}
