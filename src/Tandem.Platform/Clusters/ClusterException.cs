namespace Tandem.Platform.Clusters;

/// <summary>A cluster refused something, or could not be reached.</summary>
public sealed class ClusterException(string message, bool reachable) : Exception(message)
{
    /// <summary>False where there was no answer at all.</summary>
    public bool Reachable { get; } = reachable;
}
