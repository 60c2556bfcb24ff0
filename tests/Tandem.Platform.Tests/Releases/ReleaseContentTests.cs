using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Tandem.Platform.Releases;

namespace Tandem.Platform.Tests.Releases;

public sealed class ReleaseContentTests
{
    private static readonly Gen<string> Text = Gen.Elements("", "a", "b", "ab", "1", "ü");

    [Fact]
    public void Hash_OrderOfFields_DoesNotMatter_AndOrderOfItemsDoes()
    {
        Assert.Equal(Hash("""{"a":1,"b":[1,2]}"""), Hash("""{"b":[1,2],"a":1}"""));
        Assert.NotEqual(Hash("""{"a":[1,2]}"""), Hash("""{"a":[2,1]}"""));
    }

    [Theory]
    [InlineData("""{"a":1}""", """{"a":"1"}""")]
    [InlineData("""{"a":null}""", """{"a":"null"}""")]
    [InlineData("""{"a":"b","c":""}""", """{"a":"","b":"c"}""")]
    [InlineData("""{"a":["b"]}""", """{"a":[["b"]]}""")]
    [InlineData("""{"a":{}}""", """{"a":[]}""")]
    public void Hash_DifferentValues_Differ(string one, string other) => Assert.NotEqual(Hash(one), Hash(other));

    [Property]
    public Property Hash_AnyTwoMaps_AreEqualExactlyWhereTheMapsAre() => Prop.ForAll(
        (from names in Text.Two().ListOf() from others in Text.Two().ListOf() select (names, others)).ToArbitrary(),
        given =>
        {
            var (one, other) = (Map(given.names), Map(given.others));

            Assert.Equal(JsonNode.DeepEquals(one, other), ReleaseContent.Hash(one) == ReleaseContent.Hash(other));
        });

    [Property]
    public void Hash_OfObjects_DoesNotDependOnTheirOrder(NonNull<string>[] names)
    {
        var objects = names.Select(n => new JsonObject { ["name"] = n.Get }).ToList();

        Assert.Equal(ReleaseContent.Hash(objects), ReleaseContent.Hash(Enumerable.Reverse(objects)));
    }

    [Fact]
    public void Unpack_WhatWasPacked_IsTheSame_InPiecesThatFitIntoASecret()
    {
        // Random text hardly compresses.
        var random = new Random(1);
        var value = new JsonArray([.. Enumerable.Range(0, 2000).Select(_ => JsonValue.Create(Convert.ToBase64String(Bytes(random, 1000))))]);

        var pieces = ReleaseContent.Pack(value);

        Assert.True(pieces.Count > 1);
        Assert.All(pieces, p => Assert.True(p.Length <= 700 * 1024));
        Assert.True(JsonNode.DeepEquals(value, ReleaseContent.Unpack(pieces)));
    }

    [Fact]
    public void Unpack_Damaged_IsRefused()
    {
        var packed = ReleaseContent.Pack(new JsonArray("a", "b"))[0];

        Assert.ThrowsAny<InvalidDataException>(() => ReleaseContent.Unpack([packed[..^12]]));
        Assert.ThrowsAny<InvalidDataException>(() => ReleaseContent.Unpack([]));
    }

    private static byte[] Bytes(Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    private static JsonObject Map(IEnumerable<(string Name, string Value)> pairs)
    {
        var map = new JsonObject();
        foreach (var (name, value) in pairs)
            map[name] = value;
        return map;
    }

    private static string Hash(string json) => ReleaseContent.Hash(JsonNode.Parse(json)!);
}
