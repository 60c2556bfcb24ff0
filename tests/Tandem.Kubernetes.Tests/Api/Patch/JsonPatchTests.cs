using System.Text.Json.Nodes;
using Tandem.Kubernetes.Api.Errors;
using Tandem.Kubernetes.Api.Patch;

namespace Tandem.Kubernetes.Tests.Api.Patch;

public sealed class JsonPatchTests
{
    [Theory]
    [InlineData("""[{"op":"add","path":"/a/-","value":3}]""", """{"a":[1,2,3],"b/c":{"~":1}}""")]
    [InlineData("""[{"op":"add","path":"/a/0","value":0}]""", """{"a":[0,1,2],"b/c":{"~":1}}""")]
    [InlineData("""[{"op":"remove","path":"/a/1"}]""", """{"a":[1],"b/c":{"~":1}}""")]
    [InlineData("""[{"op":"replace","path":"/b~1c/~0","value":null}]""", """{"a":[1,2],"b/c":{"~":null}}""")]
    [InlineData("""[{"op":"move","from":"/a/0","path":"/x"}]""", """{"a":[2],"b/c":{"~":1},"x":1}""")]
    [InlineData("""[{"op":"copy","from":"/a","path":"/x"},{"op":"test","path":"/x","value":[1,2]}]""", """{"a":[1,2],"b/c":{"~":1},"x":[1,2]}""")]
    public void Apply_Rfc6902Operations_GiveTheDocument(string patch, string expected) => Assert.Equal(expected, Apply(patch).ToJsonString());

    [Theory]
    [InlineData("""[{"op":"remove","path":"/nothing"}]""", 422)]
    [InlineData("""[{"op":"test","path":"/a","value":1}]""", 422)]
    [InlineData("""[{"op":"add","path":"/a/9","value":1}]""", 422)]
    [InlineData("""[{"op":"add","path":"","value":1}]""", 422)]
    [InlineData("""[{"op":"dance","path":"/a"}]""", 400)]
    [InlineData("""[{"op":"add","path":"a","value":1}]""", 400)]
    [InlineData("""[{"op":"add","path":"/z"}]""", 400)]
    public void Apply_WhatCannotBe_IsRefused(string patch, int code) => Assert.Equal(code, Assert.Throws<ApiException>(() => Apply(patch)).Code);

    private static JsonObject Apply(string patch) =>
        JsonPatch.Apply(JsonNode.Parse("""{"a":[1,2],"b/c":{"~":1}}""")!.AsObject(), JsonNode.Parse(patch)!.AsArray());
}
