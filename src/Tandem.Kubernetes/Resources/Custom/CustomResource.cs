using System.Text.Json;
using System.Text.Json.Nodes;
using k8s.Models;
using Tandem.Kubernetes.Api.Errors;
using Tandem.Kubernetes.Resources.Schemas;

namespace Tandem.Kubernetes.Resources.Custom;

/// <summary>One version of a kind that a CustomResourceDefinition declares.</summary>
internal sealed class CustomResource : Resource
{
    private readonly bool _isNamespaced;
    private readonly bool _hasRules;

    private CustomResource(JsonObject definition, JsonObject version, JsonObject schema)
        : base(
            definition.Text("spec", "group")!, version.Text("name")!, definition.Text("spec", "names", "kind")!, definition.Text("spec", "names", "plural")!,
            StructuralSchema.OfResource(schema))
    {
        var names = definition.Child("spec", "names");
        OpenApiSchema = schema;
        SchemaHash = System.Security.Cryptography.SHA256.HashData(Kubernetes.Storage.Utf8Json.Write(schema));
        Singular = names.Text("singular") ?? Kind.ToLowerInvariant();
        ListKind = names.Text("listKind") ?? Kind + "List";
        ShortNames = [.. names.Texts("shortNames")];
        Categories = [.. names.Texts("categories")];
        HasStatus = version.Child("subresources", "status") is not null;
        Scale = ScaleOf(version);
        Columns = ColumnsOf(version);
        IsServed = version.Flag("served");
        IsEnding = definition.Text("metadata", "deletionTimestamp") is not null;
        Storage = this;
        _isNamespaced = definition.Text("spec", "scope") == "Namespaced";
        _hasRules = CelRules.AreIn(schema);
    }

    /// <summary>The schema as its author wrote it.</summary>
    public JsonObject OpenApiSchema { get; }

    /// <summary>Stands for <see cref="OpenApiSchema"/>.</summary>
    public byte[] SchemaHash { get; }

    /// <summary>Whether this version is in the API; one that is not may still be the stored one.</summary>
    public bool IsServed { get; }

    /// <summary>Whether the definition is being deleted: its objects can be read and deleted, no new ones made.</summary>
    public bool IsEnding { get; }

    public override Resource Storage { get; }

    private CustomResource(JsonObject definition, JsonObject version, JsonObject schema, Resource storage)
        : this(definition, version, schema) => Storage = storage;

    public override string StorageName => $"{Plural}.{Group}";

    public override bool IsCustom => true;

    public override string Singular { get; }

    public override string ListKind { get; }

    public override IReadOnlyList<string> ShortNames { get; }

    public override IReadOnlyList<string> Categories { get; }

    public override bool IsNamespaced => _isNamespaced;

    public override bool HasStatus { get; }

    public override bool HasGeneration => true;

    public override ScalePaths? Scale { get; }

    public override bool AllowsUnconditionalUpdate => false;

    public override IReadOnlyList<TableColumn> Columns { get; }

    /// <summary>The versions of a definition, the stored one among them.</summary>
    public static IReadOnlyList<CustomResource> Of(JsonObject definition)
    {
        var versions = definition.Items("spec", "versions").ToList();
        var stored = versions.First(v => v.Flag("storage"));
        var storage = new CustomResource(definition, stored, SchemaOf(stored));
        return [.. versions.Select(v => v == stored ? storage : new CustomResource(definition, v, SchemaOf(v), storage))];
    }

    public override JsonObject FromStorage(JsonObject value)
    {
        value["apiVersion"] = ApiVersion;
        return value;
    }

    public override JsonObject ToStorage(JsonObject value)
    {
        value["apiVersion"] = Storage.ApiVersion;
        return value;
    }

    public override JsonObject Decoded(JsonObject value)
    {
        value["apiVersion"] = ApiVersion;
        Default(value);
        return value;
    }

    public override List<string> Prune(JsonObject value)
    {
        var unknown = new List<string>();
        if (value["metadata"] is { } metadata)
        {
            var wrapped = new JsonObject { ["metadata"] = metadata.DeepClone() };
            unknown = SchemaCheck.Prune(wrapped, MetadataOnly);
            Nulls.Remove(wrapped);
            value["metadata"] = wrapped["metadata"]!.DeepClone();
        }

        return [.. unknown, .. StructuralPruning.Prune(value, OpenApiSchema)];
    }

    public override void Default(JsonObject value) => StructuralDefaults.Apply(value, OpenApiSchema);

    public override void Validate(JsonObject value, FieldErrors errors)
    {
        SchemaValidation.Check(WithoutMetadata(value), OpenApiSchema, "", errors);
        if (!_hasRules)
            return;
        if (!errors.All.Any(IsBlocking))
            CelRules.Check(value, OpenApiSchema, errors);
        else
            errors.Add(new FieldError(
                "FieldValueInvalid", "<nil>",
                "Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation"));
    }

    public override void ValidateUpdate(JsonObject value, JsonObject old, FieldErrors errors)
    {
        if (!_hasRules || errors.All.Any(IsBlocking))
            return;
        CelRules.CheckTransition(value, old, OpenApiSchema, errors);
    }

    /// <summary>Errors after which the value is not what the rules were written for.</summary>
    private static bool IsBlocking(FieldError error) =>
        error.Reason is "FieldValueNotSupported" or "FieldValueRequired" or "FieldValueTooLong" or "FieldValueTooMany" or "FieldValueTypeInvalid";

    private static readonly Schema MetadataOnly =
        Schema.OfFields([new Field("metadata", Schema.Of(typeof(V1ObjectMeta)), MergeRule.Default)], keepsUnknown: false);

    private static JsonObject SchemaOf(JsonObject version) => version.Child("schema", "openAPIV3Schema")!.Copy();

    /// <summary>metadata has rules of its own, and an author's schema may only narrow its name.</summary>
    private static JsonObject WithoutMetadata(JsonObject value) =>
        new(value.Where(f => f.Key is not "metadata").Select(f => KeyValuePair.Create(f.Key, f.Value?.DeepClone())));

    private static ScalePaths? ScaleOf(JsonObject version) => version.Child("subresources", "scale") is { } scale
        ? new ScalePaths(
            JsonPath.Fields(scale.Text("specReplicasPath"))!, JsonPath.Fields(scale.Text("statusReplicasPath"))!, JsonPath.Fields(scale.Text("labelSelectorPath")))
        : null;

    private static List<TableColumn> ColumnsOf(JsonObject version)
    {
        var columns = version.Items("additionalPrinterColumns").ToList();
        return columns.Count == 0
            ? [TableColumn.Name, TableColumn.Age]
            : [TableColumn.Name, .. columns.Select(Column)];
    }

    private static TableColumn Column(JsonObject column)
    {
        var path = JsonPath.Parse(column.Text("jsonPath") ?? "")!;
        var type = column.Text("type") ?? "string";
        return new TableColumn(
            column.Text("name")!, (o, now) => Cell(path.Find(o), type, now), type, column.Text("format") ?? "", (int)(column.Number("priority") ?? 0))
        {
            Description = column.Text("description") ?? $"Custom resource definition column (in JSONPath format): {column.Text("jsonPath")}",
        };
    }

    private static JsonNode? Cell(JsonNode? value, string type, DateTimeOffset now) => (type, value?.GetValueKind()) switch
    {
        (_, null or JsonValueKind.Null) => null,
        ("date", JsonValueKind.String) => TableColumn.Since(value.GetValue<string>(), now),
        ("integer" or "number", JsonValueKind.Number) or ("boolean", JsonValueKind.True or JsonValueKind.False) => value.DeepClone(),
        ("string", JsonValueKind.String) => value.DeepClone(),
        ("string", _) => value.ToJsonString(),
        _ => null,
    };
}
