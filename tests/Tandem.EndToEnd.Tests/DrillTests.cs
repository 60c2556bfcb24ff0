using System.Text.Json.Nodes;

namespace Tandem.EndToEnd.Tests;

[Collection(nameof(RunningPlatform))]
public sealed class DrillTests(PlatformFixture fixture)
{
    [Fact]
    public async Task ClusterLoss_WithTheDefaultHealthCheck_FailsOverInTimeAndBack()
    {
        var result = await fixture.Platform.RunOkAsync("drill", "cluster-loss", "-o", "json");

        var report = JsonNode.Parse(result.Output)!;
        DateTimeOffset At(string field) => report[field] is { } at ? (DateTimeOffset)at : throw new Xunit.Sdk.XunitException($"{field} is missing in {report}");
        Assert.InRange((At("answerChangedAt") - At("faultAt")).TotalSeconds, 0, 14);
        var order = new[] { "faultAt", "firstFailedProbeAt", "markedDownAt", "firstStandbySuccessAt", "healedAt", "failedBackAt" }.Select(At).ToList();
        Assert.Equal(order.Order(), order);
        Assert.True((double)report["measuredSeconds"]! <= (double)report["predictedSeconds"]!);
        Assert.True((int)report["requests"]! > (int)report["failedRequests"]!);
        Assert.Equal("hot", (string)(await fixture.Platform.StatusAsync())["serving"]!);
    }
}
