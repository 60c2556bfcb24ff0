namespace Tandem.LoadBalancer.Probing;

/// <summary>Sends one probe.</summary>
public interface IProber
{
    /// <summary>Sends one probe and says how it ended; never throws but when cancelled.</summary>
    /// <param name="request">What to send, and where.</param>
    /// <param name="connectTimeout">How long connecting may take, at most the request's own timeout.</param>
    /// <param name="cancellationToken">Cancelled when the target is no longer wanted.</param>
    Task<ProbeResult> ProbeAsync(ProbeRequest request, TimeSpan connectTimeout, CancellationToken cancellationToken);
}
