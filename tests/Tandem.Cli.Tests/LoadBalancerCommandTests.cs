using System.Text.Json;
using Tandem.Cloudflare.Model;
using Tandem.Host;
using Tandem.LoadBalancer.Tests;
using Tandem.Platform.Failover;
using Tandem.Platform.Tests;
using Tandem.Processes;

namespace Tandem.Cli.Tests;

/// <summary><c>tandem lb</c>, against a load balancer that is a process of its own.</summary>
public sealed class LoadBalancerCommandTests : IDisposable
{
    private const string Cloudflare = Sample.Head + "    cloudflare: { accountId: 0123456789abcdef0123456789abcdef, zoneId: fedcba9876543210fedcba9876543210, apiTokenFrom: { env: TANDEM_TEST_NO_SUCH_TOKEN } }\n";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Force_Down_SurvivesACrashAndIsShown()
    {
        Write(Sample.Minimal);
        var state = new StateFolder("demo", _folder.File("state"));
        string id;
        using (var balancer = await BalancerProcess.StartAsync(state))
        {
            await SetUpAsync(balancer);
            id = (await balancer.Client.Pools(BalancerProcess.Account).ListAsync()).Single(p => p.Name == "demo-hot").Id!;

            Assert.Equal("auto", await ForcedAsync());
            var forced = await RunAsync("lb", "force", "hot", "down", "-o", "json");
            Assert.Equal((0, "down"), (forced.ExitCode, JsonDocument.Parse(forced.Output).RootElement.GetProperty("forced").GetString()));
            Assert.Contains("undo with: tandem lb force demo-hot auto", forced.Error, StringComparison.Ordinal);
            await balancer.CrashAsync();
        }

        using (await BalancerProcess.StartAsync(state))
        {
            Assert.Equal("down", await ForcedAsync());
            Assert.Contains("forced down", (await RunAsync("status")).Output, StringComparison.Ordinal);
            Assert.Equal(0, (await RunAsync("lb", "force", "demo-hot", "auto")).ExitCode);
            Assert.Equal("auto", await ForcedAsync());
        }

        var events = File.ReadLines(Path.Combine(state.LoadBalancer, "events.jsonl")).Select(l => JsonDocument.Parse(l).RootElement)
            .Where(e => e.GetProperty("type").GetString() == "forced" && e.GetProperty("poolId").GetString() == id);
        Assert.Equal(["down", "auto"], events.Select(e => e.GetProperty("reason").GetString()));
    }

    [Theory]
    [InlineData("lb force nobody down", "there is no pool 'nobody'; there are: demo-hot, demo-standby")]
    [InlineData("lb force hot sideways", "sideways")]
    public async Task Force_WhatIsNotThere_Is2(string line, string message)
    {
        Write(Sample.Minimal);
        using var balancer = await BalancerProcess.StartAsync(new StateFolder("demo", _folder.File("state")));
        await SetUpAsync(balancer);

        var result = await RunAsync(line.Split(' '));

        Assert.Equal(2, result.ExitCode);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("lb force hot down", "disable the pool there")]
    [InlineData("lb lint", "--plan free, pro, business or enterprise")]
    public async Task Run_WithCloudflare_SaysWhatToDoInstead(string line, string message)
    {
        Write(Cloudflare);

        var result = await RunAsync(line.Split(' '));

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Sample.Minimal, "", 0, "warning: platform file: load balancer api.yourcompany.com: the TTL of 30 s is longer")]
    [InlineData(Sample.Minimal + "    ttl: 10s\n", "", 0, "nothing to say")]
    [InlineData(Sample.Minimal + "    ttl: 10s\n", "--plan business", 5, "error: platform file: monitor tandem:demo: the interval is 10 s, and the plan Business allows 15 s")]
    [InlineData(Sample.Minimal + "    ttl: 10s\n", "--plan enterprise", 0, "nothing to say")]
    [InlineData(Cloudflare, "--plan pro", 5, "error: platform file: monitor tandem:demo: the interval is 10 s, and the plan Pro allows 60 s")]
    public async Task Lint_PlatformFileAlone_SaysWhatItFound(string file, string more, int code, string line)
    {
        Write(file);

        var result = await RunAsync(["lb", "lint", .. more.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);

        Assert.Equal(code, result.ExitCode);
        Assert.StartsWith(line, result.Output, StringComparison.Ordinal);
        Assert.Contains("only the platform file was read", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lint_WhatSomebodyConfigured_IsReadFromTheLoadBalancer()
    {
        Write(Sample.Minimal + "    ttl: 10s\n");
        using var balancer = await BalancerProcess.StartAsync(new StateFolder("demo", _folder.File("state")));
        await SetUpAsync(balancer, "    ttl: 10s\n");
        var pools = balancer.Client.Pools(BalancerProcess.Account);
        var hot = (await pools.ListAsync()).Single(p => p.Name == "demo-hot");
        await pools.PatchAsync(hot.Id!, new CloudflarePool { Monitor = "" });

        var result = await RunAsync("lb", "lint", "-o", "json");

        Assert.Equal((5, ""), (result.ExitCode, result.Error));
        var report = JsonDocument.Parse(result.Output).RootElement;
        Assert.True(report.GetProperty("loadBalancerRead").GetBoolean());
        var finding = report.GetProperty("findings").EnumerateArray().Single();
        Assert.Equal(
            ("error", "load balancer", "pool demo-hot"),
            (finding.GetProperty("severity").GetString(), finding.GetProperty("source").GetString(), finding.GetProperty("where").GetString()));
    }

    [Fact]
    public async Task Lint_PoolWithAMonitorGroup_ReadsItsMembers()
    {
        Write(Sample.Minimal + "    ttl: 10s\n");
        using var balancer = await BalancerProcess.StartAsync(new StateFolder("demo", _folder.File("state")));
        await SetUpAsync(balancer, "    ttl: 10s\n");
        var monitor = await balancer.Client.Monitors(BalancerProcess.Account).CreateAsync(new CloudflareMonitor { Description = "deep", Retries = 1, ConsecutiveDown = 1 });
        var group = await balancer.Client.MonitorGroups(BalancerProcess.Account).CreateAsync(
            new CloudflareMonitorGroup { Description = "both", Members = [new CloudflareMonitorGroupMember { MonitorId = monitor.Id }] });
        var pools = balancer.Client.Pools(BalancerProcess.Account);
        var hot = (await pools.ListAsync()).Single(p => p.Name == "demo-hot");
        await pools.PatchAsync(hot.Id!, new CloudflarePool { Monitor = "", MonitorGroup = group.Id });

        var result = await RunAsync("lb", "lint");

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.StartsWith("warning: load balancer: pool demo-hot: its monitor deep has 1 retries", result.Output, StringComparison.Ordinal);
    }

    private static Task SetUpAsync(BalancerProcess balancer, string more = "") =>
        new LoadBalancerSetup(balancer.Client, BalancerProcess.Account, BalancerProcess.Zone, Sample.Spec(more))
            .EnsureAsync(new Dictionary<string, string> { ["hot"] = "127.0.0.2", ["standby"] = "127.0.0.3" }, CancellationToken.None);

    private async Task<string?> ForcedAsync()
    {
        var status = await RunAsync("status", "-o", "json");
        return JsonDocument.Parse(status.Output).RootElement.GetProperty("clusters")[0].GetProperty("forced").GetString();
    }

    private void Write(string text) => File.WriteAllText(_folder.File("platform.yaml"), text);

    private Task<ProcessResult> RunAsync(params string[] arguments) =>
        TandemProcess.RunAsync([.. arguments, "-f", _folder.File("platform.yaml"), "--state", _folder.File("state")]);
}
