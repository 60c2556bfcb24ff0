using System.Text.Json.Nodes;

namespace Tandem.Kubernetes.Network.Rules;

/// <summary>
/// What the kernel has learnt by itself: the elements of sets that rules add to. It outlives the agent, so that clients stay with
/// their endpoints when it starts again.
/// </summary>
internal static class NftMemory
{
    /// <summary>nft's arguments: all sets with their elements, as libnftables-json(5) says.</summary>
    public static readonly IReadOnlyList<string> List = ["-j", "list", "sets", "ip"];

    /// <summary>By set: each element with the time it has left.</summary>
    public static ILookup<string, string> Read(string json) => (
        from one in JsonNode.Parse(json)?["nftables"] as JsonArray ?? []
        let set = one["set"] as JsonObject
        where set?["table"]?.GetValue<string>() == "tandem"
        from element in set["elem"] as JsonArray ?? []
        // Others have no time, and are an address and nothing else.
        let timed = (element as JsonObject)?["elem"] as JsonObject
        where timed?["expires"] is { } left && left.GetValue<int>() > 0
        select (Set: set["name"]!.GetValue<string>(), Element: $"{timed["val"]} timeout {timed["timeout"] ?? set["timeout"]}s expires {timed["expires"]}s"))
        .ToLookup(e => e.Set, e => e.Element);
}
