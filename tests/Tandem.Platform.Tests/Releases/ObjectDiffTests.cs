using System.Text.Json.Nodes;
using FsCheck.Xunit;
using Tandem.Platform.Releases;

namespace Tandem.Platform.Tests.Releases;

public sealed class ObjectDiffTests
{
    [Fact]
    public void Of_FieldsAndNamedItems_AreToldByPath() => Assert.Equal(
        [
            new FieldChange("spec.replicas", "2", "3"),
            new FieldChange("spec.containers[app].image", "\"a:1\"", "\"a:2\""),
            new FieldChange("spec.containers[new]", null, """{"name":"new"}"""),
            new FieldChange("spec.args[1]", "\"y\"", null),
        ],
        ObjectDiff.Of(
            Parse("""{"spec":{"replicas":2,"containers":[{"name":"app","image":"a:1"}],"args":["x","y"]}}"""),
            Parse("""{"spec":{"replicas":3,"containers":[{"name":"new"},{"name":"app","image":"a:2"}],"args":["x"]}}""")));

    [Fact]
    public void Of_WhatServersAndReleasesKeepForThemselves_IsNotTold() => Assert.Empty(ObjectDiff.Of(
        Parse("""{"metadata":{"name":"x","resourceVersion":"1","generation":1,"annotations":{"tandem.dev/hash":"0"},"labels":{"applyset.kubernetes.io/part-of":"0"}},"status":{"a":1}}"""),
        Parse("""{"metadata":{"name":"x","resourceVersion":"2","generation":2,"annotations":{"tandem.dev/hash":"1"},"labels":{"applyset.kubernetes.io/part-of":"1"},"managedFields":[]}}""")));

    [Fact]
    public void Of_Secret_NeverTellsItsValues()
    {
        var change = Assert.Single(ObjectDiff.Of(
            Parse("""{"kind":"Secret","data":{"key":"b2xk"}}"""), Parse("""{"kind":"Secret","data":{"key":"bmV3"}}""")));

        Assert.Equal(new FieldChange("data.key", "(secret)", "(secret)"), change);
    }

    [Property]
    public void Of_TheSame_IsEmpty(string? text, int number)
    {
        var value = new JsonObject { ["a"] = text, ["b"] = new JsonArray(number, new JsonObject { ["name"] = text }) };

        Assert.Empty(ObjectDiff.Of(value, value.DeepClone().AsObject()));
    }

    private static JsonObject Parse(string json) => JsonNode.Parse(json)!.AsObject();
}
