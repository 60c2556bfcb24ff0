namespace Tandem.Kubernetes.Resources.Schemas;

/// <summary>A field of an object type, with how its content merges.</summary>
internal sealed record Field(string Name, Schema Schema, MergeRule Merge)
{
    /// <summary>The member of the wire type; null where there is none.</summary>
    public string? Member { get; init; }

    /// <summary>Whether it is owned and applied as one value.</summary>
    public bool IsAtomic => Merge.MapIsAtomic ?? Schema.Kind switch
    {
        SchemaKind.List => Merge.List == ListKind.Atomic,
        SchemaKind.Object => Schema.IsAtomic,
        SchemaKind.Map => false,
        _ => true,
    };
}
