using System.Net;
using System.Text.Json.Nodes;
using Tandem.Kubernetes.Tests.Streams.Real;
using Tandem.Processes;

namespace Tandem.Kubernetes.Tests.Metrics.Real;

/// <summary>What the node says of its pods, asked through the API as Prometheus and <c>kubectl get --raw</c> do.</summary>
public sealed class NodeStatsTests(StreamsFixture cluster) : IClassFixture<StreamsFixture>
{
    private const string Proxy = "/api/v1/nodes/node/proxy/";

    [Fact]
    public async Task Summary_RunningPod_IsInItWithWhatItUses()
    {
        await cluster.RunOkAsync(36, ["exec", "box", "--", "sh", "-c", "dd if=/dev/zero of=/written bs=1M count=3"]);
        JsonNode? box = null;
        await Eventually.TrueAsync(
            async () =>
            {
                var summary = JsonNode.Parse(await RawAsync("stats/summary"))!;
                Assert.Equal("node", summary["node"].Text("nodeName"));
                Assert.True(summary["node"].Number("memory", "workingSetBytes") > 0 && summary["node"].Number("fs", "capacityBytes") > 0 && summary["node"].Number("fs", "inodes") > 0);
                box = summary.Items("pods").Single(p => p.Text("podRef", "name") == "box");
                // The runtime looks at its disk every ten seconds.
                return box.Items("containers").Single().Number("rootfs", "usedBytes") >= 3 << 20;
            },
            "what box wrote is counted");

        var container = box.Items("containers").Single();
        Assert.Equal(("default", "c"), (box.Text("podRef", "namespace"), container.Text("name")));
        Assert.True(container.Number("cpu", "usageCoreNanoSeconds") > 0 && container.Number("memory", "workingSetBytes") > 0);
        Assert.Equal(container.Number("memory", "workingSetBytes"), box.Number("memory", "workingSetBytes"));
        Assert.True(box.Number("process_stats", "process_count") >= 2 && box.Number("ephemeral-storage", "usedBytes") >= 3 << 20);
    }

    [Theory]
    [InlineData("metrics/resource", "container_memory_working_set_bytes{container=\"c\",namespace=\"default\",pod=\"box\"} ")]
    [InlineData("metrics/cadvisor", "image=\"sha256:")]
    public async Task Metrics_OfTheNode_ArePrometheusText(string path, string contained)
    {
        var text = await RawAsync(path);

        Assert.Contains(contained, text, StringComparison.Ordinal);
        var judged = await ProcessRunner.RunAsync(new Command("promtool", "check", "metrics") { Input = text });
        // Its other complaints are about names that are Kubernetes' own.
        Assert.True(judged.ExitCode is 0 or 3, judged.Error + judged.Output);
        Assert.DoesNotContain("error while linting", judged.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Proxy_OfWhatIsNotThere_IsNotFound()
    {
        Assert.Equal(HttpStatusCode.NotFound, (await cluster.SendAsync(HttpMethod.Get, "/api/v1/nodes/none/proxy/stats/summary")).Code);
        Assert.NotEqual(0, (await cluster.RunAsync(36, ["get", "--raw", Proxy + "nothing"])).ExitCode);
    }

    [Fact]
    public async Task Proxy_WithoutTheRightToIt_IsForbidden()
    {
        var refused = await cluster.RunAsync(36, ["get", "--raw", Proxy + "stats/summary", "--as=somebody"]);

        Assert.Contains("nodes \"node\" is forbidden: User \"somebody\" cannot get resource \"nodes/proxy\" in API group \"\" at the cluster scope", refused.Error, StringComparison.Ordinal);
    }

    private Task<string> RawAsync(string path) => cluster.RunOkAsync(36, ["get", "--raw", Proxy + path]);
}
