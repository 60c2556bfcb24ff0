using System.Text.Json;
using Tandem.Platform.Failover;
using Tandem.Platform.Tests;
using Tandem.Processes;

namespace Tandem.Cli.Tests;

/// <summary>The command line with several name servers, one of which does not answer.</summary>
public sealed class NameServerCommandTests : IDisposable
{
    private readonly NameServerPair _pair = new();

    public void Dispose() => _pair.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Run_FirstServerDoesNotAnswer_UsesTheOther(bool killed)
    {
        await File.WriteAllTextAsync(_pair.InFolder("platform.yaml"), Sample.Minimal);
        await _pair.StartAsync();
        await new LoadBalancerSetup(_pair[0].Client, BalancerProcess.Account, BalancerProcess.Zone, Sample.Spec())
            .EnsureAsync(new Dictionary<string, string> { ["hot"] = "127.0.0.2", ["standby"] = "127.0.0.3" }, CancellationToken.None);
        Assert.True(await StatusAsync() is (0, "auto", [true, true]));

        await (killed ? _pair[0].KillAsync() : _pair[0].FreezeAsync());
        Assert.True(await StatusAsync() is (1, "auto", [false, true]));
        var forced = await RunAsync("lb", "force", "hot", "down");
        Assert.True(forced.ExitCode == 0, forced.Error);
        Assert.True(await StatusAsync() is (1, "down", [false, true]));

        await (killed ? _pair[0].StartAsync() : _pair[0].ThawAsync());
        await NameServerPair.UntilAsync(async () => await StatusAsync() is (0, "down", [true, true]), "the first server answers, and has heard of it", 20);
    }

    [Fact]
    public async Task Run_NoServerAnswers_Is3()
    {
        await File.WriteAllTextAsync(_pair.InFolder("platform.yaml"), Sample.Minimal);

        Assert.Equal(3, (await RunAsync("status")).ExitCode);
    }

    /// <summary>Which server told, what it says of the hot cluster's pool, and which servers answer.</summary>
    private async Task<(int Server, string? Forced, bool[] Reachable)> StatusAsync()
    {
        var result = await RunAsync("status", "-o", "json");
        Assert.True(result.ExitCode == 0, result.Error);
        var status = JsonDocument.Parse(result.Output).RootElement;
        var balancer = status.GetProperty("loadBalancer");
        var server = _pair.Plans.Single(p => p.Dns.ToString() == balancer.GetProperty("dns").GetString());
        Assert.Equal($"http://{server.Api}/client/v4/", balancer.GetProperty("api").GetString());
        return (
            server.Number - 1,
            status.GetProperty("clusters")[0].GetProperty("forced").GetString(),
            [.. balancer.GetProperty("nameServers").EnumerateArray().Select(s => s.GetProperty("reachable").GetBoolean())]);
    }

    private Task<ProcessResult> RunAsync(params string[] arguments) =>
        TandemProcess.RunAsync([.. arguments, "-f", _pair.InFolder("platform.yaml"), "--state", _pair.InFolder("state")]);
}
