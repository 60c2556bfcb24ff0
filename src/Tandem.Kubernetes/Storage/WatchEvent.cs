namespace Tandem.Kubernetes.Storage;

internal enum ChangeKind
{
    Added,
    Modified,
    Deleted,
}

/// <summary>One change of one object.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Object">The object after it; for a deletion its last state with the revision of the deletion.</param>
/// <param name="Previous">The object before it; null for an addition.</param>
internal sealed record WatchEvent(ChangeKind Kind, StoredObject Object, StoredObject? Previous)
{
    public long Revision => Object.Revision;
}
