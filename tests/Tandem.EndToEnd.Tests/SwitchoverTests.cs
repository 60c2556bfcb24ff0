using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Tandem.Platform.Drills;

namespace Tandem.EndToEnd.Tests;

/// <summary>Traffic that is moved on purpose.</summary>
[Collection(nameof(RunningPlatform))]
public sealed class SwitchoverTests(PlatformFixture fixture) : IAsyncLifetime
{
    private readonly TestPlatform _platform = fixture.Platform;
    private string _original = "";

    public async Task InitializeAsync()
    {
        _original = await File.ReadAllTextAsync(_platform.File);
        await UpAsync(_original.Replace("ttl: 30s", "ttl: 4s", StringComparison.Ordinal));
    }

    public async Task DisposeAsync()
    {
        await _platform.RunOkAsync("failback", "--override", "the tests are over");
        await UpAsync(_original);
    }

    [Fact]
    public async Task Switchover_UnderLoad_LosesNoRequest_AndStaysUntilFailback()
    {
        var status = await _platform.StatusAsync();
        using var trusted = X509CertificateLoader.LoadCertificateFromFile(Path.Combine(_platform.StateOfPlatform, "tls.crt"));
        using var client = new DrillClient(
            (string)status["hostname"]!, ["/"], IPEndPoint.Parse((string)status["loadBalancer"]!["dns"]!), trusted, proxied: false, TimeProvider.System);
        using var stop = new CancellationTokenSource();
        var sending = client.RunAsync(20, stop.Token);
        await Eventually.TrueAsync(() => Task.FromResult(client.Requests.Count > 20), "requests are answered");

        await _platform.RunOkAsync("switchover", "--reason", "a test");
        var movedAt = TimeProvider.System.GetUtcNow();
        Assert.Equal("standby", await ServingAsync());

        // Automatic failback, and an 'up' in between, leave it there.
        await _platform.RunOkAsync("up");
        Assert.Equal("standby", await ServingAsync());
        await Eventually.TrueAsync(() => Task.FromResult(client.Requests.Count(r => r.At > movedAt) > 20), "requests are answered after it");
        await stop.CancelAsync();
        await sending;

        Assert.Empty(client.Requests.Where(r => !r.Succeeded).Select(r => $"{r.At}: {r.Failure}"));
        Assert.Equal(_platform.Address(11), client.Requests[0].Target);
        Assert.All(client.Requests.Where(r => r.At > movedAt), r => Assert.Equal(_platform.Address(12), r.Target));

        await _platform.RunOkAsync("resume");
        await Eventually.TrueAsync(async () => await ServingAsync() == "hot", "the hot cluster serves, since failback is automatic");
        var history = JsonNode.Parse((await _platform.RunOkAsync("history", "-o", "json")).Output)!.AsArray();
        Assert.Equal(["switchover", "resume"], history.TakeLast(2).Select(e => (string)e!["action"]!));
        Assert.Equal("a test", (string)history[^2]!["reason"]!);
    }

    [Fact]
    public async Task Switchover_AgainstASafetyRule_IsRefused_UnlessAReasonIsGiven()
    {
        await File.WriteAllTextAsync(
            _platform.File,
            await File.ReadAllTextAsync(_platform.File) + "  safety: { freeze: [ { from: 2020-01-01T00:00:00Z, to: 2100-01-01T00:00:00Z, reason: quiet century } ] }\n");

        var refused = await _platform.RunAsync("switchover", "--no-wait");
        Assert.Equal(4, refused.ExitCode);
        Assert.Contains("quiet century", refused.Error);
        Assert.Equal("hot", await ServingAsync());
        Assert.Equal(4, (await _platform.RunAsync("deploy")).ExitCode);

        await _platform.RunOkAsync("switchover", "--no-wait", "--override", "the disk is failing");
        Assert.Equal("standby", await ServingAsync());

        var last = JsonNode.Parse((await _platform.RunOkAsync("history", "-o", "json")).Output)!.AsArray()[^1]!;
        Assert.Equal(("done", "the disk is failing"), ((string)last["outcome"]!, (string)last["reason"]!));
        Assert.Contains("quiet century", (string)last["overridden"]![0]!);
    }

    [Fact]
    public async Task Switchover_ToAStandbyThatHasDrifted_IsRefused_AndHoldKeepsTheTraffic()
    {
        await _platform.KubectlOkAsync("standby", "-n developer-services scale deployment nginx --replicas=0");
        try
        {
            var refused = await _platform.RunAsync("switchover", "--no-wait");

            Assert.Equal(4, refused.ExitCode);
            Assert.Contains("the standby is not ready to take over", refused.Error);
            Assert.Equal("hot", await ServingAsync());
        }
        finally
        {
            await _platform.RunOkAsync("sync");
        }

        await _platform.RunOkAsync("hold", "--reason", "watching");
        Assert.Equal("hot", await ServingAsync());
        await _platform.RunOkAsync("resume");
        var history = JsonNode.Parse((await _platform.RunOkAsync("history", "-o", "json")).Output)!.AsArray();
        Assert.Equal(["switchover refused", "sync done", "hold done", "resume done"], history.TakeLast(4).Select(e => $"{e!["action"]} {e["outcome"]}"));
    }

    private async Task UpAsync(string file)
    {
        await File.WriteAllTextAsync(_platform.File, file);
        await _platform.RunOkAsync("up");
    }

    private async Task<string> ServingAsync() => (string)(await _platform.StatusAsync())["serving"]!;
}
