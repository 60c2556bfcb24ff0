using System.Text.Json.Nodes;
using k8s.Models;
using Tandem.Kubernetes.Api.Errors;
using Tandem.Kubernetes.Api.Patch;
using Tandem.Kubernetes.Resources.Schemas;

namespace Tandem.Kubernetes.Tests.Api.Patch;

public sealed class StrategicMergePatchTests
{
    private const string Pod = """{"spec":{"containers":[{"name":"a","image":"1","env":[{"name":"X","value":"1"}]},{"name":"b","image":"1"}],"tolerations":[{"key":"k"}]}}""";

    [Theory]
    [InlineData("""{"spec":{"containers":[{"name":"b","image":"2"}]}}""", "a:1 b:2")]
    [InlineData("""{"spec":{"containers":[{"name":"c","image":"3"}]}}""", "c:3 a:1 b:1")]
    [InlineData("""{"spec":{"containers":[{"name":"a","$patch":"delete"}]}}""", "b:1")]
    [InlineData("""{"spec":{"containers":[{"$patch":"replace"},{"name":"z","image":"9"}]}}""", "z:9")]
    [InlineData("""{"spec":{"$setElementOrder/containers":[{"name":"b"},{"name":"a"}]}}""", "b:1 a:1")]
    [InlineData("""{"spec":{"$setElementOrder/containers":[{"name":"a"},{"name":"n"},{"name":"b"}],"containers":[{"name":"n","image":"5"}]}}""", "a:1 n:5 b:1")]
    [InlineData("""{"spec":{"containers":null}}""", "")]
    public void Apply_ContainersByName_Merge(string patch, string expected)
    {
        var result = Apply(Pod, patch);

        Assert.Equal(expected, string.Join(' ', result.Items("spec", "containers").Select(c => $"{c.Text("name")}:{c.Text("image")}")));
    }

    [Fact]
    public void Apply_ListWithoutMergeKey_IsReplaced() =>
        Assert.Equal("j", Apply(Pod, """{"spec":{"tolerations":[{"key":"j"}]}}""").Items("spec", "tolerations").Single().Text("key"));

    [Fact]
    public void Apply_PrimitiveList_IsASetWithDeletions()
    {
        const string Live = """{"metadata":{"finalizers":["a/1","b/2"]}}""";

        Assert.Equal(["a/1", "b/2", "c/3"], Apply(Live, """{"metadata":{"finalizers":["c/3","a/1"]}}""").Texts("metadata", "finalizers"));
        Assert.Equal(["b/2"], Apply(Live, """{"metadata":{"$deleteFromPrimitiveList/finalizers":["a/1"]}}""").Texts("metadata", "finalizers"));
    }

    [Fact]
    public void Apply_RetainKeys_DropsTheOthers()
    {
        var live = JsonNode.Parse("""{"spec":{"strategy":{"type":"RollingUpdate","rollingUpdate":{"maxSurge":1}}}}""")!.AsObject();

        var result = StrategicMergePatch.Apply(
            live, JsonNode.Parse("""{"spec":{"strategy":{"$retainKeys":["type"],"type":"Recreate"}}}""")!.AsObject(), Schema.Of(typeof(V1Deployment)));

        Assert.Equal("""{"type":"Recreate"}""", result.At("spec", "strategy")!.ToJsonString());
    }

    [Fact]
    public void Apply_ItemWithoutItsMergeKey_IsRefused() =>
        Assert.Throws<ApiException>(() => Apply(Pod, """{"spec":{"containers":[{"image":"2"}]}}"""));

    [Fact]
    public void Apply_Always_LeavesTheLiveObjectAlone()
    {
        var live = JsonNode.Parse(Pod)!.AsObject();

        StrategicMergePatch.Apply(live, JsonNode.Parse("""{"spec":{"containers":[{"name":"a","image":"2"}]}}""")!.AsObject(), Schema.Of(typeof(V1Pod)));

        Assert.Equal(JsonNode.Parse(Pod)!.ToJsonString(), live.ToJsonString());
    }

    private static JsonObject Apply(string live, string patch) =>
        StrategicMergePatch.Apply(JsonNode.Parse(live)!.AsObject(), JsonNode.Parse(patch)!.AsObject(), Schema.Of(typeof(V1Pod)));
}
