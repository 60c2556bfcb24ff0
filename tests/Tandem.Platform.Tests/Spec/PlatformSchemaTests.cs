using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace Tandem.Platform.Tests.Spec;

/// <summary>The schema that editors use says what the reader accepts.</summary>
public sealed class PlatformSchemaTests
{
    private static readonly JsonNode Schema = JsonNode.Parse(File.ReadAllText(Path.Combine(Sample.Root, "docs", "platform.schema.json")))!;

    /// <summary>An unknown field in each mapping of the file makes the reader name all fields that it knows there.</summary>
    [Theory]
    [InlineData("", "oops: 1")]
    [InlineData("metadata", "metadata: { oops: 1 }")]
    [InlineData("spec", "spec: { oops: 1 }")]
    [InlineData("spec.clusters", "spec: { clusters: { oops: 1 } }")]
    [InlineData("spec.clusters.hot", "spec: { clusters: { hot: { oops: 1 } } }")]
    [InlineData("spec.clusters.standby", "spec: { clusters: { standby: { oops: 1 } } }")]
    [InlineData("spec.clusters.hot.embedded", "spec: { clusters: { hot: { embedded: { oops: 1 } } } }")]
    [InlineData("spec.loadBalancer", "spec: { loadBalancer: { oops: 1 } }")]
    [InlineData("spec.loadBalancer.embedded", "spec: { loadBalancer: { embedded: { oops: 1 } } }")]
    [InlineData("spec.loadBalancer.cloudflare", "spec: { loadBalancer: { cloudflare: { oops: 1 } } }")]
    [InlineData("spec.loadBalancer.cloudflare.apiTokenFrom", "spec: { loadBalancer: { cloudflare: { apiTokenFrom: { oops: 1 } } } }")]
    [InlineData("spec.loadBalancer.healthCheck", "spec: { loadBalancer: { healthCheck: { oops: 1 } } }")]
    [InlineData("spec.loadBalancer.failback", "spec: { loadBalancer: { failback: { after: 1m, oops: 1 } } }")]
    [InlineData("spec.loadBalancer.notifications", "spec: { loadBalancer: { notifications: [ { oops: 1 } ] } }")]
    [InlineData("spec.loadBalancer.notifications.secretFrom", "spec: { loadBalancer: { notifications: [ { secretFrom: { oops: 1 } } ] } }")]
    [InlineData("spec.images.x", "spec: { images: { x: { oops: 1 } } }")]
    [InlineData("spec.agent", "spec: { agent: { oops: 1 } }")]
    [InlineData("spec.network", "spec: { network: { oops: 1 } }")]
    [InlineData("spec.safety", "spec: { safety: { oops: 1 } }")]
    [InlineData("spec.safety.freeze", "spec: { safety: { freeze: [ { oops: 1 } ] } }")]
    public void Fields_OfEachMapping_AreThoseTheReaderKnows(string path, string text)
    {
        var known = Sample.Errors(text).Select(e => Regex.Match(e, "unknown field 'oops' in .*; known: (.*)$")).Single(m => m.Success).Groups[1].Value;

        var mapping = At(path);

        Assert.Equal(known.Split(", ", StringSplitOptions.RemoveEmptyEntries), mapping["properties"]!.AsObject().Select(p => p.Key).Order(StringComparer.Ordinal));
        Assert.False((bool)mapping["additionalProperties"]!);
        Assert.All(mapping["properties"]!.AsObject(), p => Assert.True((p.Value!["description"] ?? Resolve(p.Value)["description"]) is not null, $"{p.Key} has no description"));
    }

    [Fact]
    public void Fields_OfTheShippedFile_AreInTheSchema()
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(File.ReadAllText(Path.Combine(Sample.Root, "platform.yaml"))));

        var paths = Paths([], stream.Documents[0].RootNode).ToList();

        Assert.Contains("spec loadBalancer healthCheck interval", paths.Select(p => string.Join(' ', p)));
        Assert.All(paths, p => At(p));
    }

    [Fact]
    public void Builds_InTheSchema_AreTheRecipes() =>
        Assert.Equal(Sample.Recipes, At("spec.images.x.build")["enum"]!.AsArray().Select(v => (string)v!));

    /// <summary>The path of every field, an array each: names of images have dots.</summary>
    private static IEnumerable<string[]> Paths(string[] path, YamlNode node) =>
        node is YamlMappingNode map ? map.Children.SelectMany(c => Paths([.. path, c.Key.ToString()], c.Value).Prepend([.. path, c.Key.ToString()])) : [];

    private static JsonNode At(string path) => At(path.Split('.', StringSplitOptions.RemoveEmptyEntries));

    private static JsonNode At(IEnumerable<string> path) => path.Aggregate(Schema, (node, name) =>
        Resolve(node)["properties"]?[name] is { } field ? Resolve(field)
        : Resolve(node)["additionalProperties"] is JsonObject free ? Resolve(free)
        : throw new KeyNotFoundException($"the schema has no {string.Join('.', path)}"));

    /// <summary>Follows a reference, enters a list, and takes the mapping among alternatives.</summary>
    private static JsonNode Resolve(JsonNode node) =>
        node["$ref"] is { } reference ? Resolve(((string)reference!).Split('/')[1..].Aggregate(Schema, (n, name) => n[name]!))
        : node["items"] is { } items ? Resolve(items)
        : node["properties"] is null && node["oneOf"] is JsonArray choices && choices.FirstOrDefault(c => c!["$ref"] is not null) is { } mapping ? Resolve(mapping)
        : node;
}
