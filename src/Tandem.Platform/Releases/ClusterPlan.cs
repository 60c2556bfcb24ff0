using System.Text.Json.Nodes;
using Tandem.Platform.Clusters;

namespace Tandem.Platform.Releases;

/// <summary>What has to be done for a cluster to have exactly the objects of a release.</summary>
/// <param name="Objects">All objects of the release, in the order to apply them in.</param>
/// <param name="Pruned">What the cluster has from earlier releases and this one does not: to be deleted, in this order.</param>
/// <param name="Kinds">The kinds of members before and after, as <see cref="ApplySet"/> names them.</param>
public sealed record ClusterPlan(IReadOnlyList<PlannedObject> Objects, IReadOnlyList<PrunedObject> Pruned, IReadOnlySet<string> Kinds)
{
    /// <summary>Whether nothing has to be done.</summary>
    public bool IsEmpty => Pruned.Count == 0 && Objects.All(o => o.Change == PlannedChange.None);

    /// <summary>How many objects have a change.</summary>
    public int Count(PlannedChange change) => Objects.Count(o => o.Change == change);
}

/// <summary>An object of a release, and what becomes of it.</summary>
/// <param name="Reference">Which.</param>
/// <param name="Member">As it is applied.</param>
/// <param name="Change">What becomes of it.</param>
/// <param name="Live">As it is now; null where it is not there.</param>
/// <param name="Result">As the cluster says that it will be; null where nothing changes, or where it could not be asked.</param>
public sealed record PlannedObject(ObjectReference Reference, JsonObject Member, PlannedChange Change, JsonObject? Live, JsonObject? Result)
{
    /// <summary>Whether it was there before and belonged to no release.</summary>
    public bool IsAdopted { get; init; }
}

/// <summary>What becomes of an object.</summary>
public enum PlannedChange
{
    /// <summary>It is as it was deployed.</summary>
    None,

    /// <summary>It is not there yet; or it is being deleted, and comes anew once it is gone.</summary>
    Create,

    /// <summary>It is there and differs.</summary>
    Update,
}

/// <summary>An object that is no longer in the release.</summary>
/// <param name="Reference">Which.</param>
/// <param name="Uid">Only the one with this uid is deleted.</param>
public sealed record PrunedObject(ObjectReference Reference, string Uid);
