using System.Text.Json.Nodes;
using FsCheck.Xunit;
using Tandem.Platform.Releases;

namespace Tandem.Platform.Tests.Releases;

public sealed class ManifestsTests
{
    private const string Head = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: x }\n";

    [Theory]
    [InlineData("8080", "8080")]
    [InlineData("-1", "-1")]
    [InlineData("'8080'", "\"8080\"")]
    [InlineData("\"8080\"", "\"8080\"")]
    [InlineData("!!str 8080", "\"8080\"")]
    [InlineData("0644", "420")] // YAML 1.1, as kubectl: a file's mode
    [InlineData("0o644", "420")]
    [InlineData("0x1F", "31")]
    [InlineData("0", "0")]
    [InlineData("08", "8")]
    [InlineData("1_000", "1000")]
    [InlineData("1.5", "1.5")]
    [InlineData("1e3", "1000")]
    [InlineData("9223372036854775807", "9223372036854775807")]
    [InlineData("true", "true")]
    [InlineData("'true'", "\"true\"")]
    [InlineData("yes", "true")]
    [InlineData("off", "false")]
    [InlineData("'on'", "\"on\"")]
    [InlineData("null", "null")]
    [InlineData("~", "null")]
    [InlineData("", "null")]
    [InlineData("''", "\"\"")]
    [InlineData("100m", "\"100m\"")]
    [InlineData("1.29.1", "\"1.29.1\"")]
    [InlineData("10.0.0.1", "\"10.0.0.1\"")]
    [InlineData("2026-01-01", "\"2026-01-01\"")]
    [InlineData("12:30:00", "\"12:30:00\"")]
    [InlineData("{ a: [ 1, b ] }", """{"a":[1,"b"]}""")]
    [InlineData("|\n  a\n  b\n", "\"a\\nb\\n\"")]
    public void Parse_Value_IsWhatKubectlReads(string yaml, string json) =>
        Assert.Equal(json, Manifests.Parse($"{Head}data: {yaml}", "x.yaml").Single()["data"]?.ToJsonString() ?? "null");

    [Property]
    public void Parse_QuotedText_StaysThatText(string? text)
    {
        var value = JsonValue.Create(text ?? "");

        Assert.Equal(text ?? "", (string?)Manifests.Parse($$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x"},"data":{{value.ToJsonString()}}}""", "x.json").Single()["data"]);
    }

    [Fact]
    public void Parse_SeveralDocuments_AreAllRead() => Assert.Equal(
        ["a", "b"],
        Manifests.Parse("---\n# only a comment\n---\napiVersion: v1\nkind: Secret\nmetadata: { name: a }\n---\napiVersion: v1\nkind: Secret\nmetadata: { name: b }\n...\n---\n", "x.yaml")
            .Select(d => (string?)d["metadata"]!["name"]));

    [Fact]
    public void Parse_JsonWithTabs_IsRead() =>
        Assert.Single(Manifests.Parse("{\n\t\"apiVersion\": \"v1\",\n\t\"kind\": \"Secret\",\n\t\"metadata\": {\n\t\t\"name\": \"a\"\n\t}\n}\n", "x.json"));

    [Theory]
    [InlineData("a: b\n  c: d", "x.yaml:2:4: ")]
    [InlineData("kind: A", "x.yaml:1:1: the document has no apiVersion")]
    [InlineData("apiVersion: v1", "x.yaml:1:1: the document has no kind")]
    [InlineData("apiVersion: 1\nkind: A", "x.yaml:1:1: the document has no apiVersion")]
    [InlineData("---\napiVersion: v1\nkind: A\nmetadata: text", "x.yaml:2:1: the A has no metadata.name")]
    [InlineData("- a", "x.yaml:1:1: the document is not a mapping")]
    [InlineData("text", "x.yaml:1:1: the document is not a mapping")]
    [InlineData("? [a]\n: b", "x.yaml:1:3: a key must be a text")]
    [InlineData("a: 1\na: 2", "x.yaml:2:1: ")]
    [InlineData("a: &a { b: 1 }\nc: { <<: *a }", "x.yaml:2:6: merge keys (<<) are not supported; write the fields out")]
    [InlineData("a: *b", "x.yaml:1:4: there is no anchor 'b' before this alias")]
    [InlineData("a: &a [ *a ]", "aliases make the document too large")]
    public void Parse_NotAManifest_SaysWhere(string text, string message) =>
        Assert.Contains(message, Assert.Throws<ManifestException>(() => Manifests.Parse(text, "x.yaml")).Message, StringComparison.Ordinal);

    [Fact]
    public void Parse_AliasesOfAliases_AreRefusedBeforeTheyFillTheMemory()
    {
        var text = "a0: &a0 [1]\n" + string.Concat(Enumerable.Range(1, 20).Select(i => $"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))}]\n"));

        Assert.Throws<ManifestException>(() => Manifests.Parse(text, "x.yaml"));
    }

    [Property(MaxTest = 1000)]
    public void Parse_AnyText_IsReadOrRefused(string? text)
    {
        try
        {
            Assert.All(Manifests.Parse(text ?? "", "x.yaml"), d => Assert.NotNull(d["kind"]));
        }
        catch (ManifestException e)
        {
            Assert.StartsWith("x.yaml:", e.Message, StringComparison.Ordinal);
        }
    }
}
