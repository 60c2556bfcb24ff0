using System.Net;
using System.Text.Json.Nodes;
using Tandem.Kubernetes.Resources.Core;
using Tandem.Kubernetes.Tests.Streams.Real;

namespace Tandem.Kubernetes.Tests.Metrics.Real;

/// <summary>metrics.k8s.io over a real containerd, asked by <c>kubectl top</c> of two ages.</summary>
public sealed class TopTests(StreamsFixture cluster) : IClassFixture<StreamsFixture>
{
    public static TheoryData<int> Ages => [20, 36];

    [Theory]
    [MemberData(nameof(Ages))]
    public async Task Top_Nodes_ShowsTheMachine(int minor)
    {
        await MeasuredAsync();

        var row = Rows(await cluster.RunOkAsync(minor, ["top", "nodes"]))[1];

        Assert.Equal("node", row[0]);
        Assert.Matches("^[1-9][0-9]*m$", row[1]);
        Assert.Matches("^[1-9][0-9]*%$", row[2]);
        Assert.Matches("^[1-9][0-9]*Mi$", row[3]);
    }

    [Theory]
    [MemberData(nameof(Ages))]
    public async Task Top_Pods_ShowsWhatTheirContainersUse(int minor)
    {
        await MeasuredAsync();

        Assert.Contains(Rows(await cluster.RunOkAsync(minor, ["top", "pods", "--sort-by=memory"])), r => r[0] == "box" && r[2].EndsWith("Mi", StringComparison.Ordinal));
        Assert.Contains(Rows(await cluster.RunOkAsync(minor, ["top", "pods", "--containers", "-A"])), r => r is ["default", "box", "c", ..]);
        Assert.Contains("box", await cluster.RunOkAsync(minor, ["top", "pod", "box", "--no-headers"]), StringComparison.Ordinal);
        Assert.Equal("", await cluster.RunOkAsync(minor, ["top", "pods", "-l", "nobody=has-this"]));
    }

    [Fact]
    public async Task Read_BusyContainer_ShowsItsProcessorTime()
    {
        await MeasuredAsync();
        using var loop = await cluster.StartAsync(36, "exec", "box", "--", "sh", "-c", "timeout 20 sh -c 'while :; do :; done'");
        try
        {
            await Eventually.TrueAsync(
                async () => await UsageAsync() is { } usage && Amount(usage.Text("cpu")) > 0.1m, "a tenth of a core is in use");
        }
        finally
        {
            loop.Kill();
            await loop.WaitForExitAsync();
        }
    }

    [Fact]
    public async Task Get_WhatIsNotThere_IsRefusedAsByMetricsServer()
    {
        var (code, status) = await cluster.SendAsync(HttpMethod.Get, "/apis/metrics.k8s.io/v1beta1/namespaces/default/pods/none");
        Assert.Equal((HttpStatusCode.NotFound, "pods \"default/none\" not found"), (code, status.Text("message")));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await cluster.SendAsync(HttpMethod.Get, "/apis/metrics.k8s.io/v1beta1/nodes?watch=1")).Code);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await cluster.SendAsync(HttpMethod.Post, "/apis/metrics.k8s.io/v1beta1/nodes", "{}")).Code);
    }

    [Fact]
    public async Task Get_Table_HasTheColumnsOfMetricsServer()
    {
        await MeasuredAsync();

        var rows = Rows(await cluster.RunOkAsync(36, ["get", "pods.metrics.k8s.io"]));

        Assert.Equal(["NAME", "CPU", "MEMORY", "WINDOW"], rows[0]);
        Assert.Contains(rows, r => r[0] == "box");
    }

    /// <summary>A pod is measured once its container was seen twice.</summary>
    private Task MeasuredAsync() => Eventually.TrueAsync(async () => await UsageAsync() is not null, "box was measured");

    private async Task<JsonNode?> UsageAsync()
    {
        var (_, value) = await cluster.SendAsync(HttpMethod.Get, "/apis/metrics.k8s.io/v1beta1/namespaces/default/pods/box");
        return value.Items("containers").SingleOrDefault()?["usage"];
    }

    private static decimal Amount(string? text) => Quantity.Parse(text ?? "0") ?? 0;

    private static List<string[]> Rows(string output) =>
        [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries))];
}
