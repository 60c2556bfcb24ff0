using Tandem.Platform.Failover;
using Tandem.Platform.Spec;

namespace Tandem.Platform.Parity;

/// <summary>Whether a verdict admits the standby to the load balancer's pools. Pure.</summary>
public static class Admission
{
    /// <param name="spec">Whether readiness is enforced.</param>
    /// <param name="verdict">The last verdict; null before the first.</param>
    /// <returns>
    /// A standby whose API does not answer is not ready. A hot cluster that is not seen says nothing of the standby, and is no time to change
    /// anything; nor is it where both are away, which is rather this machine's network.
    /// </returns>
    public static StandbyAdmission Of(PlatformSpec spec, Verdict? verdict) => verdict switch
    {
        _ when !spec.EnforceReadiness => StandbyAdmission.Free,
        { Known: true, Ready: true } => StandbyAdmission.Ready,
        { Known: true } or { Unseen: ["standby"], Away: ["standby"] } => StandbyAdmission.NotReady,
        _ => StandbyAdmission.Unknown,
    };
}
