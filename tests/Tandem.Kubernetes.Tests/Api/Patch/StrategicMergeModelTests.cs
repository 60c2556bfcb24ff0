using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Tandem.Kubernetes.Api.Patch;

namespace Tandem.Kubernetes.Tests.Api.Patch;

/// <summary>
/// Strategic merge against a model that is slow and obviously right: lists with a merge key are taken for maps from that key, and
/// then everything merges as maps do.
/// </summary>
public class StrategicMergeModelTests
{
    private static readonly Gen<JsonObject> Patches = SampleSchema.Objects.SelectMany(o => Gen.Choose(0, 5).Select(n => WithDirectives(o.Copy(), n)));

    [Property(MaxTest = 1000)]
    public Property Apply_AnyPatch_DoesWhatTheModelDoes() => Prop.ForAll(SampleSchema.Objects.ToArbitrary(), Patches.ToArbitrary(), (live, patch) =>
    {
        var result = StrategicMergePatch.Apply(live.Copy(), patch.Copy(), SampleSchema.Schema);
        var expected = Merge(Maps(live), Maps(patch));
        return JsonNode.DeepEquals(Sorted(Maps(result)), Sorted(expected))
            .Label($"{live.ToJsonString()} + {patch.ToJsonString()} = {result.ToJsonString()}, model {expected.ToJsonString()}");
    });

    [Property(MaxTest = 300)]
    public Property Apply_Twice_IsApplyOnce() => Prop.ForAll(SampleSchema.Objects.ToArbitrary(), Patches.ToArbitrary(), (live, patch) =>
    {
        var once = StrategicMergePatch.Apply(live.Copy(), patch.Copy(), SampleSchema.Schema);
        var twice = StrategicMergePatch.Apply(once.Copy(), patch.Copy(), SampleSchema.Schema);
        return JsonNode.DeepEquals(once, twice).Label($"{live.ToJsonString()} + {patch.ToJsonString()}: {once.ToJsonString()}, then {twice.ToJsonString()}");
    });

    /// <summary>Deletions, as patches carry them.</summary>
    private static JsonObject WithDirectives(JsonObject patch, int which)
    {
        switch (which)
        {
            case 1:
                patch["s"] = null;
                break;
            case 2 when patch["map"] is JsonObject map:
                map["a"] = null;
                break;
            case 3 when patch["items"] is JsonArray items:
                items[0] = new JsonObject { ["k"] = items[0]!["k"]!.DeepClone(), ["$patch"] = "delete" };
                break;
            case 4:
                patch["struct"] = null;
                break;
        }

        return patch;
    }

    /// <summary>Lists with a merge key, and sets, as objects.</summary>
    private static JsonObject Maps(JsonObject value)
    {
        var maps = value.Copy();
        if (maps["items"] is JsonArray items)
            maps["items"] = new JsonObject(items.Select(i => KeyValuePair.Create((string)i!["k"]!, (JsonNode?)i.DeepClone())));
        if (maps["set"] is JsonArray set)
            maps["set"] = new JsonObject(set.Select(i => KeyValuePair.Create((string)i!, (JsonNode?)i!.DeepClone())));
        return maps;
    }

    private static JsonObject Merge(JsonObject live, JsonObject patch)
    {
        var merged = live.Copy();
        foreach (var (name, value) in patch)
        {
            if (value is null || (value as JsonObject)?["$patch"] is not null)
                merged.Remove(name);
            else if (value is JsonObject inner)
                merged[name] = Merge(merged[name] as JsonObject ?? [], inner);
            else
                merged[name] = value.DeepClone();
        }

        return merged;
    }

    /// <summary>Without what is empty, in which the two may differ, and in one order.</summary>
    private static JsonNode? Sorted(JsonNode? node) => node is JsonObject o
        ? new JsonObject(o.Where(f => f.Value is not JsonObject { Count: 0 }).OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => KeyValuePair.Create(f.Key, Sorted(f.Value))))
        : node?.DeepClone();
}
