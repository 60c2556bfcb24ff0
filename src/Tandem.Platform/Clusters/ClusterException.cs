using System.Net;

namespace Tandem.Platform.Clusters;

/// <summary>A cluster refused something, or could not be reached.</summary>
public sealed class ClusterException(string message, bool reachable, HttpStatusCode? status = null) : Exception(message)
{
    /// <summary>False where there was no answer at all.</summary>
    public bool Reachable { get; } = reachable;

    /// <summary>The answer's status; null where there was none.</summary>
    public HttpStatusCode? Status { get; } = status;
}
