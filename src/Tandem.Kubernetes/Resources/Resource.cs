using System.Text.Json.Nodes;
using Tandem.Kubernetes.Api.Errors;
using Tandem.Kubernetes.Resources.Schemas;

namespace Tandem.Kubernetes.Resources;

/// <summary>
/// One kind as the API serves it: its names, shape, defaults, rules and columns. Everything else is generic.
/// Adding a kind is adding one subclass in Resources/ and naming it in <see cref="ResourceCatalog"/>.
/// </summary>
internal abstract class Resource(string group, string version, string kind, string plural, Schema schema)
{
    /// <summary>A built-in kind, of a wire type of the KubernetesClient package.</summary>
    protected Resource(string group, string version, string kind, string plural, Type model)
        : this(group, version, kind, plural, Schema.Of(model))
    {
    }

    private static readonly string[] AllVerbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

    /// <summary>Empty for the core group.</summary>
    public string Group { get; } = group;

    public string Version { get; } = version;

    public string Kind { get; } = kind;

    /// <summary>The name in paths.</summary>
    public string Plural { get; } = plural;

    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    public string GroupVersionPath => Group.Length == 0 ? $"/api/{Version}" : $"/apis/{Group}/{Version}";

    public Schema Schema { get; } = schema;

    /// <summary>The version of this kind that is stored: this one, unless the kind has several.</summary>
    public virtual Resource Storage => this;

    /// <summary>The name of the kind's place in the store, the same for all its versions.</summary>
    public virtual string StorageName => Plural;

    /// <summary>Whether its objects are kept; others are questions, answered and forgotten, or measurements.</summary>
    public virtual bool IsStored => true;

    /// <summary>Whether a CustomResourceDefinition declares it. Its lists carry kind and apiVersion with every item, it knows no
    /// strategic merge, and what has the wrong type is invalid rather than unreadable.</summary>
    public virtual bool IsCustom => false;

    public virtual string Singular => Kind.ToLowerInvariant();

    public virtual string ListKind => Kind + "List";

    public virtual IReadOnlyList<string> ShortNames => [];

    public virtual IReadOnlyList<string> Categories => [];

    public virtual bool IsNamespaced => true;

    /// <summary>Whether there is a status subresource: then the main endpoint ignores status and /status all else.</summary>
    public virtual bool HasStatus => false;

    /// <summary>Whether there is a scale subresource over spec.replicas.</summary>
    public virtual bool HasScale => false;

    /// <summary>Where the scale subresource finds its numbers; null where there is none.</summary>
    public virtual ScalePaths? Scale => HasScale ? ScalePaths.Usual : null;

    /// <summary>Further subresources for discovery: name, kind and its group version, verbs.</summary>
    public virtual IReadOnlyList<Subresource> Subresources => [];

    /// <summary>Whether metadata.generation counts the changes of the specification.</summary>
    public virtual bool HasGeneration => HasStatus;

    /// <summary>Whether PUT without a resourceVersion replaces whatever is there.</summary>
    public virtual bool AllowsUnconditionalUpdate => true;

    /// <summary>Whether PUT creates what is missing.</summary>
    public virtual bool CreatesOnUpdate => false;

    public virtual IReadOnlyList<string> Verbs => AllVerbs;

    /// <summary>The wording of the rule that names follow; most are DNS subdomains.</summary>
    public virtual NameRule NameRule => NameRule.Subdomain;

    /// <summary>The columns that <c>kubectl get</c> shows.</summary>
    public virtual IReadOnlyList<TableColumn> Columns { get; } = [TableColumn.Name, TableColumn.Age];

    /// <summary>Fills in what the author left out. Idempotent.</summary>
    public virtual void Default(JsonObject value)
    {
    }

    /// <summary>What is read from the store: custom kinds default there too, since their defaults may be newer than the object.</summary>
    public virtual JsonObject Decoded(JsonObject value) => value;

    /// <summary>Gives a stored object the form of this version. May change its argument.</summary>
    public virtual JsonObject FromStorage(JsonObject value) => value;

    /// <summary>Gives an object of this version the form that is stored. May change its argument.</summary>
    public virtual JsonObject ToStorage(JsonObject value) => value;

    /// <summary>Removes what the kind does not know, and nulls.</summary>
    /// <returns>The paths of the unknown fields.</returns>
    /// <exception cref="WrongTypeException">A value has another JSON type than its field.</exception>
    public virtual List<string> Prune(JsonObject value)
    {
        var unknown = SchemaCheck.Prune(value, Schema);
        Nulls.Remove(value);
        return unknown;
    }

    /// <summary>Rewrites write-only fields of an applied configuration, so that ownership is recorded where the value goes.</summary>
    public virtual void DefaultApplied(JsonObject value)
    {
    }

    /// <summary>Removes what a client may not set on creation.</summary>
    public virtual void PrepareForCreate(JsonObject value)
    {
        if (HasStatus)
            value.Remove("status");
    }

    /// <summary>Before an object is deleted: adds the finalizers that the kind itself needs.</summary>
    public virtual void PrepareForDelete(JsonObject value)
    {
    }

    /// <summary>Keeps what a client may not change.</summary>
    public virtual void PrepareForUpdate(JsonObject value, JsonObject old)
    {
        if (HasStatus)
            Keep("status", value, old);
    }

    /// <summary>Keeps everything but the status.</summary>
    public virtual void PrepareForStatusUpdate(JsonObject value, JsonObject old)
    {
        foreach (var name in value.Select(f => f.Key).Union(old.Select(f => f.Key)).Except(["status", "metadata", "kind", "apiVersion"]).ToList())
            Keep(name, value, old);
    }

    /// <summary>Keeps all but what a subresource other than status is for.</summary>
    /// <returns>True where that includes the metadata; false where the subresource changes nothing else by itself.</returns>
    public virtual bool PrepareForPartialUpdate(string subresource, JsonObject value, JsonObject old) => false;

    /// <summary>What holds for a new object only.</summary>
    public virtual void ValidateCreate(JsonObject value, FieldErrors errors)
    {
    }

    /// <summary>What a change by a subresource other than status must hold to.</summary>
    public virtual void ValidatePartialUpdate(string subresource, JsonObject value, JsonObject old, FieldErrors errors)
    {
    }

    public virtual void Validate(JsonObject value, FieldErrors errors)
    {
    }

    public virtual void ValidateUpdate(JsonObject value, JsonObject old, FieldErrors errors)
    {
    }

    /// <summary>The fields, beyond metadata.name and metadata.namespace, that a field selector may name.</summary>
    public virtual IReadOnlyDictionary<string, string> SelectableFields(JsonObject value) => None;

    public IReadOnlyDictionary<string, string> AllSelectableFields(JsonObject value)
    {
        var fields = new Dictionary<string, string>(SelectableFields(value)) { ["metadata.name"] = value.Text("metadata", "name") ?? "" };
        if (IsNamespaced)
            fields["metadata.namespace"] = value.Text("metadata", "namespace") ?? "";
        return fields;
    }

    protected static void Keep(string field, JsonObject value, JsonObject old)
    {
        value.Remove(field);
        if (old[field] is { } kept)
            value[field] = kept.DeepClone();
    }

    private static readonly Dictionary<string, string> None = [];
}
