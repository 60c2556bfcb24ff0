using System.Text.Json.Nodes;
using Tandem.Kubernetes.Quotas;

namespace Tandem.Kubernetes.Tests.Quotas;

public sealed class LimitBoundsTests
{
    [Theory]
    [InlineData("""{"type":"Container","min":{"cpu":"200m"}}""", "{}", "minimum cpu usage per Container is 200m.  No request is specified")]
    [InlineData("""{"type":"Container","min":{"cpu":"200m"}}""", """{"requests":{"cpu":"0.1"}}""", "minimum cpu usage per Container is 200m, but request is 100m")]
    [InlineData("""{"type":"Container","max":{"memory":"1Gi"}}""", "{}", "maximum memory usage per Container is 1Gi.  No limit is specified")]
    [InlineData("""{"type":"Container","max":{"memory":"1Gi"}}""", """{"limits":{"memory":"2048Mi"}}""", "maximum memory usage per Container is 1Gi, but limit is 2Gi")]
    [InlineData("""{"type":"Pod","max":{"memory":"1Gi"}}""", """{"limits":{"memory":"2Gi"}}""", "maximum memory usage per Pod is 1Gi, but limit is 2Gi")]
    [InlineData("""{"type":"Container","maxLimitRequestRatio":{"cpu":"2"}}""", "{}", "cpu max limit to request ratio per Container is 2, but no request is specified or request is 0")]
    [InlineData("""{"type":"Container","maxLimitRequestRatio":{"cpu":"2"}}""", """{"requests":{"cpu":"1"},"limits":{"cpu":"3"}}""", "cpu max limit to request ratio per Container is 2, but provided ratio is 3.000000")]
    [InlineData("""{"type":"Container","min":{"cpu":"1"},"max":{"cpu":"2"}}""", """{"requests":{"cpu":"1"},"limits":{"cpu":"2"}}""", null)]
    public void OfPod_EachBound_SaysWhatTheRealOneDoes(string limit, string resources, string? error) =>
        Assert.Equal(error is null ? [] : [error], LimitBounds.OfPod(Pod(resources), [JsonNode.Parse(limit)!.AsObject()]));

    [Fact]
    public void Apply_Defaults_FillsAndNotes()
    {
        var pod = Pod("""{"limits":{"cpu":"1"}}""");

        LimitDefaults.Apply(pod, [JsonNode.Parse("""{"type":"Container","default":{"memory":"2Gi","cpu":"2"},"defaultRequest":{"memory":"1Gi","cpu":"100m"}}""")!.AsObject()]);

        Assert.Equal("""{"limits":{"cpu":"1","memory":"2Gi"},"requests":{"cpu":"100m","memory":"1Gi"}}""", pod.Items("spec", "containers").Single()["resources"]!.ToJsonString());
        Assert.Equal(
            "LimitRanger plugin set: cpu, memory request for container c; memory limit for container c",
            pod.Text("metadata", "annotations", "kubernetes.io/limit-ranger"));
    }

    private static JsonObject Pod(string resources) => new()
    {
        ["spec"] = new JsonObject { ["containers"] = new JsonArray(new JsonObject { ["name"] = "c", ["resources"] = JsonNode.Parse(resources) }) },
    };
}
