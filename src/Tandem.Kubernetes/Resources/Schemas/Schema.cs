using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json.Serialization;
using k8s.Models;

namespace Tandem.Kubernetes.Resources.Schemas;

internal enum SchemaKind
{
    /// <summary>Any JSON at all (FieldsV1, RawExtension).</summary>
    Any,
    String,
    Integer,
    Number,
    Boolean,

    /// <summary>A quantity or an int-or-string: a number or a string.</summary>
    NumberOrString,
    Object,
    List,
    Map,
}

/// <summary>
/// The shape of a built-in type, read from the wire types of the KubernetesClient package by reflection, so that
/// validation, merging, field ownership and OpenAPI all follow one description.
/// </summary>
internal sealed class Schema
{
    private static readonly ConcurrentDictionary<Type, Schema> Known = new();

    private readonly Type? _model;
    private readonly Lazy<FrozenDictionary<string, Field>> _fields;

    private Schema(SchemaKind kind, Type? model = null, Schema? item = null)
    {
        Kind = kind;
        Item = item;
        _model = model;
        _fields = new(ReadFields);
    }

    private Schema(IEnumerable<Field> fields, bool keepsUnknown)
    {
        Kind = SchemaKind.Object;
        KeepsUnknown = keepsUnknown;
        _fields = new(() => fields.ToFrozenDictionary(f => f.Name));
    }

    /// <summary>Any JSON, with objects merged field by field and lists replaced: what has no schema (x-kubernetes-preserve-unknown-fields).</summary>
    public static Schema Untyped { get; } = new([], keepsUnknown: true);

    public SchemaKind Kind { get; }

    /// <summary>The name of the wire type, such as V1Container; null for what is not an object.</summary>
    public string? TypeName => _model?.Name;

    /// <summary>Of a list or map.</summary>
    public Schema? Item { get; }

    /// <summary>Of an object, by JSON name; empty otherwise.</summary>
    public FrozenDictionary<string, Field> Fields => _fields.Value;

    /// <summary>What OpenAPI calls the format, such as int32 or date-time; null for none.</summary>
    public string? Format { get; private init; }

    /// <summary>Whether an object may have fields that are not declared.</summary>
    public bool KeepsUnknown { get; }

    /// <summary>Owned and applied as one value, wherever it is used.</summary>
    public bool IsAtomic => _model is not null && MergeKeys.AtomicTypes.Contains(_model.Name);

    /// <summary>The schema of a wire type.</summary>
    public static Schema Of(Type type) => Known.GetOrAdd(type, static t => Create(t));

    /// <summary>An object with the given fields.</summary>
    /// <param name="fields">May be enumerated late.</param>
    /// <param name="keepsUnknown">Whether other fields may be there too.</param>
    public static Schema OfFields(IEnumerable<Field> fields, bool keepsUnknown) => new(fields, keepsUnknown);

    /// <summary>A list of items.</summary>
    public static Schema ListOf(Schema item) => new(SchemaKind.List, item: item);

    /// <summary>An object whose fields all have the same schema.</summary>
    public static Schema MapOf(Schema item) => new(SchemaKind.Map, item: item);

    /// <summary>A value that is neither object nor list.</summary>
    public static Schema Of(SchemaKind scalar) => new(scalar);

    /// <summary>A field of an object, declared or kept though it is not; null where it is unknown.</summary>
    public Field? Field(string name) =>
        Fields.GetValueOrDefault(name) ?? (KeepsUnknown ? new Field(name, Untyped, MergeRule.Default) : null);

    private static Schema Create(Type declared)
    {
        var type = Nullable.GetUnderlyingType(declared) ?? declared;
        if (type == typeof(DateTime))
            return new Schema(SchemaKind.String) { Format = "date-time" };
        if (type == typeof(byte[]))
            return new Schema(SchemaKind.String) { Format = "byte" };
        if (type == typeof(string) || type.IsEnum)
            return new Schema(SchemaKind.String);
        if (type == typeof(int) || type == typeof(long))
            return new Schema(SchemaKind.Integer) { Format = type == typeof(int) ? "int32" : "int64" };
        if (type == typeof(double))
            return new Schema(SchemaKind.Number) { Format = "double" };
        if (type == typeof(bool))
            return new Schema(SchemaKind.Boolean);
        if (type == typeof(ResourceQuantity) || type == typeof(IntOrString))
            return new Schema(SchemaKind.NumberOrString) { Format = type == typeof(IntOrString) ? "int-or-string" : null };
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IList<>))
            return new Schema(SchemaKind.List, item: Of(type.GenericTypeArguments[0]));
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IDictionary<,>))
            return new Schema(SchemaKind.Map, item: Of(type.GenericTypeArguments[1]));
        return type.Namespace == typeof(V1Pod).Namespace ? new Schema(SchemaKind.Object, type) : new Schema(SchemaKind.Any);
    }

    private FrozenDictionary<string, Field> ReadFields() =>
        _model is null
            ? FrozenDictionary<string, Field>.Empty
            : _model.GetProperties(BindingFlags.Public | BindingFlags.Instance)
                .Select(p => (Property: p, Name: p.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name))
                .Where(p => p.Name is not null && !LaterFields.Contains(_model.Name, p.Name))
                .ToFrozenDictionary(
                    p => p.Name!,
                    p => new Field(p.Name!, Of(p.Property.PropertyType), MergeKeys.Of(_model.Name, p.Name!)) { Member = p.Property.Name });
}
