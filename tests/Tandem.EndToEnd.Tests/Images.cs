using System.Text.Json.Nodes;

namespace Tandem.EndToEnd.Tests;

/// <summary>The names of the images that the platform built.</summary>
internal static class Images
{
    public static async Task<string> FindAsync(TestPlatform platform, string name)
    {
        var plan = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(platform.StateOfPlatform, "host.json")))!;
        return plan["images"]!.AsArray().Select(i => (string)i!["reference"]!).First(r => r.StartsWith($"tandem.local/{name}:", StringComparison.Ordinal));
    }
}
