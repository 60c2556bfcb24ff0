namespace Tandem.LoadBalancer.State;

/// <summary>The last write of one object. A deleted object keeps its value: something may still refer to it on another server.</summary>
/// <param name="Stamp">Which write it is.</param>
/// <param name="Value">A Cloudflare object with all its defaults, or true or false for an operator's word; of a deleted one what it was.</param>
/// <param name="DeletedAt">When it was deleted, UTC; null for a living one.</param>
internal sealed record Register(Stamp Stamp, object Value, DateTimeOffset? DeletedAt)
{
    public bool IsLiving => DeletedAt is null;
}
