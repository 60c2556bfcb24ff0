namespace Tandem.Kubernetes.Node.Images.Collection;

/// <summary>
/// When unused images go. Otherwise than the kubelet's marks (<c>imageGCHighThresholdPercent</c>), these are of what is free, and at
/// most so many bytes: an embedded node shares its disk with the machine.
/// </summary>
public sealed record ImageCollectionOptions
{
    /// <summary>Below this part of the disk free, images go.</summary>
    public double BeginBelow { get; init; } = 0.15;

    /// <summary>Bytes free at which none go, however large the disk.</summary>
    public long BeginAtMost { get; init; } = 10L << 30;

    /// <summary>From this part of the disk free on, no more go.</summary>
    public double EndAbove { get; init; } = 0.20;

    /// <summary>Bytes free that are enough, however large the disk.</summary>
    public long EndAtMost { get; init; } = 15L << 30;

    /// <summary>How long an image stays in any case: it may have been pulled for a container that is about to be made.</summary>
    public TimeSpan MinimumAge { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How often it is looked.</summary>
    public TimeSpan Period { get; init; } = TimeSpan.FromMinutes(5);
}
