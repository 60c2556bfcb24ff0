namespace Tandem.LoadBalancer.Proxy;

/// <summary>
/// How much is to be expected of an origin, for comparing two: one that is up is better than one that is down, one without a
/// doubt better than one in doubt, and of two in doubt the one where it began later. When everything is slow, the origin that was
/// lost is the one that was doubted first: so it does not get back what the other one is slow with.
/// </summary>
/// <param name="Down">Whether its checks say so.</param>
/// <param name="InDoubtSince">Since when traffic has shown that it may be lost; null where it has not.</param>
internal readonly record struct OriginStanding(bool Down, DateTimeOffset? InDoubtSince) : IComparable<OriginStanding>
{
    /// <summary>Nothing speaks against it.</summary>
    public bool IsGood => this == default;

    /// <returns>Greater than 0 where this one is better.</returns>
    public int CompareTo(OriginStanding other) => Down != other.Down ? (Down ? -1 : 1)
        : (InDoubtSince ?? DateTimeOffset.MaxValue).CompareTo(other.InDoubtSince ?? DateTimeOffset.MaxValue);
}
