using System.Text.Json.Nodes;
using Tandem.Processes;

namespace Tandem.EndToEnd.Tests.Foreign;

/// <summary>All that Tandem does with releases, parity, traffic and drills, on clusters and a load balancer that are not its own.</summary>
[Collection(nameof(DeployedPlatform))]
public sealed class ForeignPlatformTests(PlatformFixture fixture) : IAsyncLifetime
{
    private const string Replicas = "-n real get deployment real -o jsonpath={.spec.replicas}";

    private readonly ForeignPlatform _platform = new(fixture.Platform);

    public async Task InitializeAsync()
    {
        try
        {
            await _platform.WriteAsync();
            await _platform.TandemAsync(0, "up");
        }
        catch
        {
            // A test that did not begin is not ended either, and the next one would find what is left of it.
            await _platform.DisposeAsync();
            throw;
        }
    }

    public Task DisposeAsync() => _platform.DisposeAsync().AsTask();

    [Fact]
    public async Task Releases_AreMadeStoppedAndRolledBack_AndTrafficIsMoved()
    {
        Assert.False(Directory.Exists(Path.Combine(_platform.State, "run")), "something of it runs on this machine");
        foreach (var cluster in ForeignPlatform.Clusters)
            Assert.Contains("CONNECT", await File.ReadAllTextAsync(_platform.ProxyLog(cluster)));
        Assert.Equal("hot", await _platform.ServingAsync());

        _platform.WriteApps(replicas: 2);
        await _platform.TandemAsync(5, "diff");
        await _platform.TandemAsync(0, "deploy");
        await _platform.TandemAsync(0, "diff");

        _platform.WriteApps(replicas: 2, registry: "none.invalid/");
        await _platform.TandemAsync(1, "deploy", "--timeout", "6");
        await _platform.TandemAsync(0, "rollback");
        await EachHasAsync("1");
        var releases = await _platform.JsonAsync(0, "releases");
        Assert.Equal(["succeeded", "succeeded", "failed", "succeeded"], releases["releases"]!.AsArray().Select(r => (string)r!["outcome"]!));

        await _platform.TandemAsync(0, "hold", "--reason", "watched for a day");
        await _platform.TandemAsync(0, "resume");
        await _platform.TandemAsync(0, "switchover");
        Assert.Equal("standby", await _platform.ServingAsync());
        await _platform.TandemAsync(0, "failback");
        Assert.Equal("hot", await _platform.ServingAsync());

        var history = (await _platform.JsonAsync(0, "history")).AsArray().Select(e => $"{e!["action"]} {e["outcome"]}").ToList();
        Assert.Equal(["deploy done", "deploy failed", "rollback done", "hold done", "resume done", "switchover done", "failback done"], history);
    }

    [Fact]
    public async Task Parity_IsToldByTheCommandAndTheAgent_AndAStandbyThatWasAwayIsBroughtUp()
    {
        await _platform.TandemAsync(0, "parity");
        await KubectlAsync("standby", "-n real scale deployment real --replicas=0");
        Assert.Contains("drift", string.Join(' ', (await _platform.JsonAsync(5, "parity"))["findings"]!.AsArray().Select(f => (string)f!["code"]!)));
        await _platform.TandemAsync(0, "sync");
        await _platform.TandemAsync(0, "parity");

        await _platform.DisconnectAsync("standby");
        _platform.WriteApps(replicas: 2);
        await _platform.TandemAsync(3, "deploy");
        await _platform.TandemAsync(0, "deploy", "--allow-degraded");
        using var agent = _platform.Start("agent");
        try
        {
            await UntilAsync(v => v["findings"]!.ToJsonString().Contains("does not answer", StringComparison.Ordinal), "the agent says that the standby cannot be reached");
            Assert.Equal("1", await fixture.Platform.KubectlOkAsync("standby", Replicas));
            _platform.Connect("standby");
            await UntilAsync(v => (bool)v["ready"]!, "the agent has brought the standby up");
            await EachHasAsync("2");
        }
        finally
        {
            await ProcessRunner.RunCheckedAsync(new Command("kill", "-TERM", $"{agent.Id}"));
            await agent.WaitForExitAsync();
        }

        Assert.Equal(0, agent.ExitCode);
    }

    [Fact]
    public async Task Drills_ThroughTheApisAlone_AreOfferedForClustersThatAreNamed()
    {
        await _platform.TandemAsync(2, "drill", "all");
        var report = await _platform.JsonAsync(0, "drill", "all", "--yes-on", "hot", "--yes-on", "standby", "--dns", fixture.Platform.Address(1));
        Assert.Equal(["bad-release", "app-crash", "ingress-crash"], report["drills"]!.AsArray().Select(d => (string)d!["drill"]!));
        Assert.Equal("hot", await _platform.ServingAsync());
        await EachHasAsync("1");
    }

    private async Task EachHasAsync(string replicas)
    {
        foreach (var cluster in ForeignPlatform.Clusters)
            Assert.Equal(replicas, await KubectlAsync(cluster, Replicas));
    }

    private Task<string> KubectlAsync(string cluster, string arguments) => fixture.Platform.KubectlOkAsync(cluster, arguments);

    private async Task UntilAsync(Func<JsonNode, bool> condition, string what)
    {
        using var http = new HttpClient();
        await Eventually.TrueAsync(
            async () =>
            {
                try
                {
                    return condition(JsonNode.Parse(await http.GetStringAsync(new Uri($"http://127.0.0.1:{_platform.AgentPort}/readiness")))!);
                }
                catch (HttpRequestException)
                {
                    // It has just been started.
                    return false;
                }
            },
            what,
            60);
    }
}
