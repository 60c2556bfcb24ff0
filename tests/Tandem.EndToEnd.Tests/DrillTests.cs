using System.Globalization;
using System.Text.Json.Nodes;
using Tandem.Processes;

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

    [Theory]
    [InlineData("bad-release")]
    [InlineData("api-loss")]
    [InlineData("etcd-loss")]
    [InlineData("balancer-restart")]
    [InlineData("app-crash")]
    public async Task Drill_WithoutFailover_PassesAndDrawsItsReport(string drill)
    {
        var html = Path.Combine(fixture.Platform.State, drill + ".html");

        var report = JsonNode.Parse((await fixture.Platform.RunOkAsync("drill", drill, "-o", "json", "--report", html)).Output)!;

        Assert.True((bool)report["passed"]!, report.ToString());
        Assert.Equal(["/", "/whoami"], report["paths"]!.AsArray().Select(p => (string)p!["path"]!));
        Assert.Contains("<svg class=\"timeline\"", await File.ReadAllTextAsync(html));
    }

    [Theory]
    [InlineData("cluster-loss")]
    [InlineData("api-loss")]
    public async Task Kill_ADrill_IsHealedWithinSeconds(string drill)
    {
        var journal = Path.Combine(fixture.Platform.StateOfPlatform, "fault.json");
        using var process = ProcessRunner.StartPiped(TandemCommand.Create("drill", drill, "-f", fixture.Platform.File, "--state", fixture.Platform.State));
        await Eventually.TrueAsync(() => Task.FromResult(File.Exists(journal)), "something is broken", 60);
        await Eventually.TrueAsync(async () => await IsBrokenAsync(drill), "it is broken");

        await ProcessRunner.RunCheckedAsync(new Command("kill", "-9", process.Id.ToString(CultureInfo.InvariantCulture)));

        await Eventually.TrueAsync(async () => !File.Exists(journal) && !await IsBrokenAsync(drill), "it is healed", 10);
        await Eventually.TrueAsync(
            async () => await fixture.Platform.StatusAsync() is var status && (string?)status["serving"] == "hot" && status["clusters"]!.AsArray().All(c => (bool)c!["healthy"]!),
            "both clusters are healthy again",
            330);
    }

    [Fact]
    public async Task Drill_ReportIntoNoFolder_IsAUsageErrorAndBreaksNothing()
    {
        var result = await fixture.Platform.RunAsync("drill", "cluster-loss", "--report", "/nowhere/at/all.html");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("/nowhere/at/all.html", result.Error);
    }

    private async Task<bool> IsBrokenAsync(string drill)
    {
        if (drill == "api-loss")
            return (await File.ReadAllTextAsync($"/proc/{fixture.Platform.PidOf("hot-cluster")}/stat")).Contains(") T ", StringComparison.Ordinal);
        var link = await ProcessRunner.RunCheckedAsync(new Command("ip", "-json", "link", "show", $"{fixture.Platform.Bridge}-hot"));
        return !JsonNode.Parse(link.Output)![0]!["flags"]!.AsArray().Any(f => (string?)f == "UP");
    }
}
