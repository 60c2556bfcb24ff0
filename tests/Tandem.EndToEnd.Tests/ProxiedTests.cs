using System.Net;
using System.Text.Json.Nodes;
using DnsClient;

namespace Tandem.EndToEnd.Tests;

/// <summary>A platform whose load balancer serves the requests itself.</summary>
public sealed class ProxiedTests : IAsyncLifetime
{
    private const string ProxyAddress = "10.81.0.1";

    private readonly TestPlatform _platform = new("e2eprx", "tdprx", "10.81.0.0/24", 8453);

    public Task InitializeAsync()
    {
        _platform.WriteFile("proxied: true\n    embedded: { apiPort: 8453 }", Path.Combine(TandemCommand.Root, "apps"));
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await _platform.DisposeAsync();

    [Fact]
    public async Task ClusterLoss_Proxied_FailsOverWithoutWaitingForTheChecks()
    {
        await _platform.RunOkAsync("up");
        var status = await _platform.StatusAsync();
        Assert.Equal("hot", (string)status["serving"]!);
        Assert.True((bool)status["loadBalancer"]!["proxied"]!);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(Path.Combine(_platform.StateOfPlatform, "tls.key")));
        Assert.Equal([ProxyAddress], await ResolveAsync(status));

        var drill = await _platform.RunAsync("drill", "cluster-loss", "-o", "json");

        var report = JsonNode.Parse(drill.Output)!;
        Assert.True(drill.ExitCode == 0, $"{report}\n{drill.Error}\n{_platform.Logs()}");
        DateTimeOffset At(string field) => report[field] is { } at ? (DateTimeOffset)at : throw new Xunit.Sdk.XunitException($"{field} is missing in {report}");
        Assert.True((double)report["measuredSeconds"]! <= 3, report.ToString());
        Assert.True(At("firstStandbySuccessAt") < At("answerChangedAt"), report.ToString());
        var order = new[] { "faultAt", "markedDownAt", "healedAt", "failedBackAt" }.Select(At).ToList();
        Assert.Equal(order.Order(), order);
        Assert.True((int)report["failedRequests"]! == 0, report.ToString());
        Assert.Equal([ProxyAddress], await ResolveAsync(status));
        Assert.Equal("hot", (string)(await _platform.StatusAsync())["serving"]!);
    }

    private static async Task<string[]> ResolveAsync(JsonObject status)
    {
        var client = new LookupClient(new LookupClientOptions(IPEndPoint.Parse((string)status["loadBalancer"]!["dns"]!)) { UseCache = false });
        return [.. (await client.QueryAsync("api.yourcompany.com", QueryType.A)).Answers.ARecords().Select(a => a.Address.ToString())];
    }
}
