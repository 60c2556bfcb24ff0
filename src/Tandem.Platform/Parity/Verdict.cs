namespace Tandem.Platform.Parity;

/// <summary>Whether the standby is ready to take over.</summary>
/// <param name="Ready">Whether it is. Never true where something could not be seen.</param>
/// <param name="Known">Whether all was seen that decides it. Where not, nothing must be concluded from <paramref name="Ready"/> but caution.</param>
/// <param name="Because">Why, in one sentence.</param>
/// <param name="Release">The release that both clusters should have; null for none.</param>
/// <param name="Findings">What is not as it should be; what blocks comes first.</param>
/// <param name="At">When it was judged.</param>
public sealed record Verdict(bool Ready, bool Known, string Because, int? Release, IReadOnlyList<Finding> Findings, DateTimeOffset At)
{
    /// <summary>Clusters that cannot be reached, or were not seen in full yet.</summary>
    public IReadOnlyList<string> Unseen { get; init; } = [];

    /// <summary>Those of them whose API was asked and did not answer.</summary>
    public IReadOnlyList<string> Away { get; init; } = [];
}
