using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Tandem.Kubernetes.Resources.Schemas;

namespace Tandem.Kubernetes.Tests.Api;

/// <summary>A small type with one field of each way to merge, and objects of it.</summary>
internal static class SampleSchema
{
    private static readonly Schema Text = Schema.Of(SchemaKind.String);

    private static readonly MergeRule ByKey = MergeRule.Default with { List = ListKind.Map, Keys = ["k"], PatchMergeKey = "k", PatchMerge = true };

    private static readonly Schema Item = Schema.OfFields(
        [Plain("k", Text), Plain("v", Text), Plain("inner", Schema.OfFields([Plain("x", Text), Plain("y", Text)], keepsUnknown: false))], keepsUnknown: false);

    /// <summary>Scalar, map, struct, list map, set and atomic list.</summary>
    public static readonly Schema Schema = Schema.OfFields(
        [
            Plain("s", Text),
            Plain("map", Schema.MapOf(Text)),
            Plain("struct", Schema.OfFields([Plain("x", Text), Plain("y", Text)], keepsUnknown: false)),
            new Field("items", Schema.ListOf(Item), ByKey),
            new Field("set", Schema.ListOf(Text), MergeRule.Default with { List = ListKind.Set, PatchMerge = true }),
            Plain("atomic", Schema.ListOf(Text)),
            Plain("metadata", Schema.OfFields([], keepsUnknown: true)),
        ],
        keepsUnknown: false);

    private static readonly Gen<string> Value = Gen.Elements("1", "2", "3");

    private static readonly Gen<JsonNode?> Leaf = Value.Select(v => (JsonNode?)v);

    private static readonly Gen<JsonObject> Pair = Fields(("x", Leaf), ("y", Leaf));

    /// <summary>Objects with any of the fields, none of them empty.</summary>
    public static readonly Gen<JsonObject> Objects = Fields(
        ("s", Leaf),
        ("map", NotEmpty(Fields(("a", Leaf), ("b", Leaf), ("c", Leaf)))),
        ("struct", NotEmpty(Pair)),
        ("items", Keys().SelectMany(keys => keys.Count == 0 ? Gen.Constant<JsonNode?>(null) : Gen.CollectToArray(keys.Select(Entry)).Select(a => (JsonNode?)new JsonArray([.. a])))),
        ("set", Keys().Select(keys => keys.Count == 0 ? null : (JsonNode?)new JsonArray([.. keys.Select(k => (JsonNode)k)]))),
        ("atomic", Gen.ListOf(Value).Select(v => v.Count == 0 ? null : (JsonNode?)new JsonArray([.. v.Take(3).Select(i => (JsonNode)i)]))));

    private static Field Plain(string name, Schema schema) => new(name, schema, MergeRule.Default);

    private static Gen<IReadOnlyList<string>> Keys() =>
        Gen.Elements<IReadOnlyList<string>>([], ["p"], ["q"], ["p", "q"], ["q", "p"], ["r", "p"], ["p", "q", "r"], ["r", "q", "p"]);

    private static Gen<JsonNode> Entry(string key) => Fields(("v", Leaf), ("inner", NotEmpty(Pair))).Select(o =>
    {
        o["k"] = key;
        return (JsonNode)o;
    });

    private static Gen<JsonNode?> NotEmpty(Gen<JsonObject> objects) => objects.Select(o => o.Count == 0 ? null : (JsonNode?)o);

    /// <summary>Each field may be there or not; a null of its generator leaves it out.</summary>
    private static Gen<JsonObject> Fields(params (string Name, Gen<JsonNode?> Value)[] fields) =>
        Gen.CollectToArray(fields.Select(f => Gen.Elements(true, false).SelectMany(there => there ? f.Value : Gen.Constant<JsonNode?>(null)))).Select(values =>
        {
            var value = new JsonObject();
            foreach (var (field, content) in fields.Zip(values))
                if (content is not null)
                    value[field.Name] = content.DeepClone();
            return value;
        });
}
