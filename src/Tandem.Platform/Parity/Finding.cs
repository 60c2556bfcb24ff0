namespace Tandem.Platform.Parity;

/// <summary>Something that is not as it should be.</summary>
/// <param name="Code">What kind of thing, such as drifted: for programs.</param>
/// <param name="Severity">Whether it keeps the standby from taking over.</param>
/// <param name="Cluster">Where: hot or standby.</param>
/// <param name="Object">Of which object, such as "Deployment shop/web"; null where it is the cluster's own.</param>
/// <param name="What">What is so.</param>
/// <param name="Mend">What to do.</param>
public sealed record Finding(string Code, FindingSeverity Severity, string Cluster, string? Object, string What, string Mend)
{
    /// <summary>Since when, as far as is known; null where nobody can say yet.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>The fields that differ, where that has been asked for.</summary>
    public IReadOnlyList<Releases.FieldChange> Fields { get; init; } = [];

    /// <summary>The same finding at another time has the same one.</summary>
    internal (string Code, string Cluster, string? Object) Identity => (Code, Cluster, Object);
}

/// <summary>How much a finding weighs.</summary>
public enum FindingSeverity
{
    /// <summary>The standby could take over all the same.</summary>
    Warns,

    /// <summary>The standby is not ready to take over.</summary>
    Blocks,
}
