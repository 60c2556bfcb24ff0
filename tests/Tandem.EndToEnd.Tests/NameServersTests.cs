using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using DnsClient;
using Tandem.Processes;

namespace Tandem.EndToEnd.Tests;

/// <summary>A platform with two name servers, one of which is killed.</summary>
public sealed class NameServersTests : IAsyncLifetime
{
    private static readonly IPEndPoint Second = IPEndPoint.Parse("10.82.0.2:53");

    private readonly TestPlatform _platform = new("e2ens", "tdns", "10.82.0.0/24", 8553);

    public Task InitializeAsync()
    {
        _platform.WriteFile("embedded: { apiPort: 8553, nameServers: 2 }", Path.Combine(TandemCommand.Root, "apps"));
        return Task.CompletedTask;
    }

    public Task DisposeAsync() => _platform.DisposeAsync().AsTask();

    [Fact]
    public async Task Platform_OneNameServerKilled_IsServedByTheOther()
    {
        var before = Machine.Snapshot(_platform.Bridge, _platform.Name);
        await _platform.RunOkAsync("up");

        var servers = Servers(await _platform.StatusAsync());
        Assert.Equal(["ns1 10.82.0.1:53 http://127.0.0.1:8553/client/v4/ true", "ns2 10.82.0.2:53 http://127.0.0.1:8554/client/v4/ true"], servers);
        Assert.Equal(["ns1.yourcompany.com.", "ns2.yourcompany.com."], (await AskAsync("yourcompany.com", QueryType.NS)).NsRecords().Select(r => r.NSDName.Value).Order());

        // The supervisor has it back within a second: nobody may notice, and no question go without an answer.
        var first = _platform.PidOf("lb");
        await ProcessRunner.RunCheckedAsync(new Command("kill", "-9", first.ToString(CultureInfo.InvariantCulture)));
        await Eventually.TrueAsync(
            async () =>
            {
                Assert.Equal(["10.82.0.11"], (await AskAsync("api.yourcompany.com", QueryType.A)).ARecords().Select(a => a.Address.ToString()));
                Assert.Equal("hot", (string)(await _platform.StatusAsync())["serving"]!);
                return _platform.PidOf("lb") != first;
            },
            "the first name server is started again");

        // One that hangs: the command line uses the other, and what it writes reaches the first when that goes on.
        var hanging = _platform.PidOf("lb").ToString(CultureInfo.InvariantCulture);
        await ProcessRunner.RunCheckedAsync(new Command("kill", "-STOP", hanging));
        var status = await _platform.StatusAsync();
        Assert.Equal("10.82.0.2:53", (string)status["loadBalancer"]!["dns"]!);
        Assert.EndsWith("false", Servers(status)[0], StringComparison.Ordinal);
        await _platform.RunOkAsync("lb", "force", "hot", "down");
        await ProcessRunner.RunCheckedAsync(new Command("kill", "-CONT", hanging));
        await Eventually.TrueAsync(
            async () => (await AskAsync("api.yourcompany.com", QueryType.A, IPEndPoint.Parse("10.82.0.1:53"))).ARecords().Single().Address.ToString() == "10.82.0.12",
            "the first name server hears of it",
            20);

        var shims = Machine.ShimSockets(_platform.StateOfPlatform);
        await _platform.RunOkAsync("down");
        Assert.Equal(before, Machine.Snapshot(_platform.Bridge, _platform.Name));
        Assert.All(shims, s => Assert.False(File.Exists(s), s));
    }

    private static List<string> Servers(JsonObject status) =>
        [.. status["loadBalancer"]!["nameServers"]!.AsArray().Select(s => $"{s!["name"]} {s["dns"]} {s["api"]} {s["reachable"]!.ToJsonString()}")];

    private static async Task<IReadOnlyList<DnsClient.Protocol.DnsResourceRecord>> AskAsync(string name, QueryType type, IPEndPoint? server = null) =>
        (await new LookupClient(new LookupClientOptions(server ?? Second) { UseCache = false }).QueryAsync(name, type)).Answers;
}
