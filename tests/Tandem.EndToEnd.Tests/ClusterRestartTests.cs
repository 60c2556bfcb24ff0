using System.Text.Json.Nodes;

namespace Tandem.EndToEnd.Tests;

/// <summary>The reboot of a node.</summary>
[Collection(nameof(RunningPlatform))]
public sealed class ClusterRestartTests(PlatformFixture fixture)
{
    private readonly TestPlatform _platform = fixture.Platform;

    [Fact]
    public async Task Restart_OfTheStandby_RebootsItsNode()
    {
        var restarts = await RestartsAsync();

        var report = JsonNode.Parse((await _platform.RunOkAsync("cluster", "restart", "standby", "-o", "json")).Output)!;

        Assert.Equal("standby-node", (string?)report["node"]);
        Assert.Equal((string?)report["bootId"], await _platform.KubectlOkAsync("standby", "get node standby-node -o jsonpath={.status.nodeInfo.bootID}"));
        Assert.Contains(
            $"Node standby-node has been rebooted, boot id: {report["bootId"]}",
            await _platform.KubectlOkAsync("standby", "get events --field-selector reason=Rebooted -o jsonpath={.items[*].message}"), StringComparison.Ordinal);
        Assert.Equal(restarts.ToDictionary(r => r.Key, r => r.Value + 1), await RestartsAsync());
        Assert.InRange((int)report["pods"]!, restarts.Count, int.MaxValue);
        await Eventually.TrueAsync(
            async () => (await _platform.StatusAsync())["clusters"]!.AsArray().All(c => (bool)c!["healthy"]!), "both clusters are healthy again", 90);
    }

    [Fact]
    public async Task Restart_OfTheOneThatServes_IsRefused()
    {
        var refused = await _platform.RunAsync("cluster", "restart", "hot");

        Assert.Equal(4, refused.ExitCode);
        Assert.Contains("tandem switchover", refused.Error, StringComparison.Ordinal);
        Assert.Contains("refused", (await _platform.RunOkAsync("history")).Output, StringComparison.Ordinal);
    }

    private async Task<Dictionary<string, int>> RestartsAsync() =>
        JsonNode.Parse(await _platform.KubectlOkAsync("standby", "-n developer-services get pods -o json"))!["items"]!.AsArray()
            .ToDictionary(p => (string)p!["metadata"]!["name"]!, p => (int)p!["status"]!["containerStatuses"]![0]!["restartCount"]!);
}
