namespace Tandem.EndToEnd.Tests;

/// <summary>A platform file that was changed, and manual failback, on a running platform.</summary>
[Collection(nameof(RunningPlatform))]
public sealed class FailbackTests(PlatformFixture fixture)
{
    private readonly TestPlatform _platform = fixture.Platform;

    [Fact]
    public async Task ManualFailback_AfterAFailover_StaysOnTheStandbyUntilTold()
    {
        var original = await File.ReadAllTextAsync(_platform.File);
        Assert.Contains("failback: automatic", original);
        var pods = await _platform.KubectlOkAsync("hot", "-n developer-services get pods -o name");
        try
        {
            await File.WriteAllTextAsync(_platform.File, original.Replace("failback: automatic", "failback: manual", StringComparison.Ordinal));
            await _platform.RunOkAsync("up");
            Assert.Equal(pods, await _platform.KubectlOkAsync("hot", "-n developer-services get pods -o name"));

            // With manual failback the drill ends once the link is healed.
            await _platform.RunOkAsync("drill", "cluster-loss", "-o", "json");
            await Eventually.TrueAsync(async () => await IsHealthyAsync("hot"), "the hot cluster is healthy again", 120);
            Assert.Equal("standby", (string)(await _platform.StatusAsync())["serving"]!);

            await _platform.RunOkAsync("failback");
            await Eventually.TrueAsync(async () => (string)(await _platform.StatusAsync())["serving"]! == "hot", "the hot cluster serves");
        }
        finally
        {
            await File.WriteAllTextAsync(_platform.File, original);
            await _platform.RunOkAsync("up");
        }
    }

    private async Task<bool> IsHealthyAsync(string cluster) =>
        (await _platform.StatusAsync())["clusters"]!.AsArray().Where(c => (string)c!["name"]! == cluster).All(c => (bool)c!["healthy"]!);
}
