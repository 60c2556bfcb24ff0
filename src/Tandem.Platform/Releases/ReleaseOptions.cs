using System.Text.Json.Nodes;

namespace Tandem.Platform.Releases;

/// <summary>How a release is made.</summary>
/// <param name="Author">Who makes it: user@machine.</param>
public sealed record ReleaseOptions(string Author)
{
    /// <summary>Goes on with one cluster where the other cannot be reached.</summary>
    public bool AllowDegraded { get; init; }

    /// <summary>How long a cluster may take to work with it.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>How long to wait for another deployment to end.</summary>
    public TimeSpan Wait { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>What it is for; null for nothing to say.</summary>
    public string? Reason { get; init; }

    /// <summary>The release that its content comes from; null where it comes from files.</summary>
    public int? RollbackTo { get; init; }

    /// <summary>Objects that have to be there and belong to no release, such as development certificates.</summary>
    public IReadOnlyList<JsonObject> Extra { get; init; } = [];

    /// <summary>Whether a sync leaves clusters alone that have the release, though they have drifted.</summary>
    public bool OnlyMissed { get; init; }

    /// <summary>Who holds the leases meanwhile: unique to one call.</summary>
    public string Holder { get; } = $"{Author}/{Guid.NewGuid():N}";
}
