namespace Tandem.Kubernetes.Storage;

/// <summary>The history asked for is gone: list again.</summary>
internal sealed class RevisionCompactedException(long oldest)
    : Exception($"the requested revision is compacted; the oldest is {oldest}")
{
    public long Oldest { get; } = oldest;
}
