using Tandem.Platform.Releases;

namespace Tandem.Platform.Parity;

/// <summary>Both clusters at one moment.</summary>
/// <param name="At">The moment.</param>
/// <param name="Hot">The hot cluster.</param>
/// <param name="Standby">The standby.</param>
/// <param name="History">The releases by what both have recorded.</param>
/// <param name="Conflict">Why the clusters' records cannot be put together; null where they can.</param>
public sealed record ParityView(DateTimeOffset At, ClusterView Hot, ClusterView Standby, ReleaseHistory History, string? Conflict)
{
    /// <summary>Both.</summary>
    public IEnumerable<ClusterView> Clusters => [Hot, Standby];

    /// <summary>Both, where both were seen; what compares them has nothing to say otherwise.</summary>
    public IEnumerable<(ClusterView Hot, ClusterView Standby)> Pair => Hot.IsSeen && Standby.IsSeen ? [(Hot, Standby)] : [];

    /// <summary>Those that were seen.</summary>
    public IEnumerable<ClusterView> Seen => Clusters.Where(c => c.IsSeen);
}
