using System.Text.Json.Nodes;

namespace Tandem.Platform.Releases;

/// <summary>Sees whether a Lease is free: nobody has it, or whoever has it did not renew it for its duration, by our own clock.</summary>
internal sealed class LeaseWatch(TimeProvider time)
{
    private string? _seen;
    private long _seenAt;

    /// <summary>Who has it; null for nobody.</summary>
    public string? Holder { get; private set; }

    /// <param name="lease">The Lease as it is now; null where there is none.</param>
    public bool IsFree(JsonObject? lease)
    {
        Holder = (string?)lease?["spec"]?["holderIdentity"] is { Length: > 0 } holder ? holder : null;
        if (Holder is null)
            return true;
        var renewal = $"{Holder} {(string?)lease?["spec"]?["renewTime"]}";
        if (renewal != _seen)
            (_seen, _seenAt) = (renewal, time.GetTimestamp());
        return time.GetElapsedTime(_seenAt) >= DeployLease.Duration;
    }
}
