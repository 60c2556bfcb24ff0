using System.Net;
using System.Text.Json.Nodes;
using DnsClient;
using Tandem.Cloudflare;
using Tandem.Processes;

namespace Tandem.EndToEnd.Tests;

/// <summary>
/// A platform whose file says <c>cloudflare</c>: only base URL and token differ from Cloudflare's own. The server is another
/// platform's load balancer, so that what it decides can be asked of its DNS.
/// </summary>
[Collection(nameof(DeployedPlatform))]
public sealed class CloudflareSettingsTests(PlatformFixture fixture) : IAsyncLifetime
{
    private const string Host = "second.yourcompany.com";

    private readonly TestPlatform _platform = new("e2ecf", "tdcf", "10.80.0.0/24", 8353);
    private readonly string _apps = Directory.CreateTempSubdirectory("tandem-e2ecf-apps-").FullName;
    private readonly HttpClient _http = new();
    private JsonNode _server = null!;

    private string TokenFile => Path.Combine(fixture.Platform.StateOfPlatform, "lb", "token");

    public async Task InitializeAsync()
    {
        _server = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(fixture.Platform.StateOfPlatform, "host.json")))!["loadBalancer"]!;
        foreach (var file in Directory.GetFiles(Path.Combine(TandemCommand.Root, "apps", "developer-services")))
        {
            var text = await File.ReadAllTextAsync(file);
            await File.WriteAllTextAsync(Path.Combine(_apps, Path.GetFileName(file)), text.Replace("api.yourcompany.com", Host, StringComparison.Ordinal));
        }

        _platform.WriteFile(
            $"cloudflare: {{ accountId: {_server["accountId"]}, zoneId: {_server["zoneId"]}, baseUrl: \"http://127.0.0.1:{_server["apiPort"]}/client/v4/\", apiTokenFrom: {{ file: {TokenFile} }} }}",
            _apps,
            Host);
    }

    public async Task DisposeAsync()
    {
        await RemoveFromServerAsync();
        await _platform.DisposeAsync();
        Directory.Delete(_apps, recursive: true);
        _http.Dispose();
    }

    [Fact]
    public async Task Platform_ThroughTheCloudflareSettings_ComesUpFailsOverAndReturns()
    {
        await _platform.RunOkAsync("up");

        var status = await _platform.StatusAsync();
        Assert.Equal("hot", (string)status["serving"]!);
        Assert.Null(status["loadBalancer"]!["dns"]);
        Assert.False(File.Exists(Path.Combine(_platform.StateOfPlatform, "run", "lb.json")), "it runs a load balancer of its own");
        await AnswersAsync("hot", 10);

        await LinkAsync("down");
        await AnswersAsync("standby", 14);
        Assert.Equal("standby", (string)(await _platform.StatusAsync())["serving"]!);

        await LinkAsync("up");
        await AnswersAsync("hot", 60);

        // The other platform of the same account has seen nothing of it.
        Assert.Equal("hot", (string)(await fixture.Platform.StatusAsync())["serving"]!);
    }

    private Task LinkAsync(string state) => ProcessRunner.RunCheckedAsync(new Command("ip", "link", "set", "tdcf-hot", state));

    private async Task AnswersAsync(string cluster, int seconds)
    {
        var client = new LookupClient(new LookupClientOptions(IPEndPoint.Parse((string)_server["dnsAddress"]!)) { UseCache = false });
        var expected = cluster == "hot" ? "10.80.0.11" : "10.80.0.12";
        await Eventually.TrueAsync(
            async () => (await client.QueryAsync(Host, QueryType.A)).Answers.ARecords().Select(a => a.Address.ToString()).SequenceEqual([expected]),
            $"DNS answers with the {cluster} cluster",
            seconds);
    }

    /// <summary>What 'up' made on the server, which is not this platform's to keep.</summary>
    private async Task RemoveFromServerAsync()
    {
        var client = new CloudflareClient(_http, new CloudflareClientOptions
        {
            BaseAddress = new Uri($"http://127.0.0.1:{_server["apiPort"]}/client/v4/"), ApiToken = (await File.ReadAllTextAsync(TokenFile)).Trim(),
        });
        var (account, zone) = ((string)_server["accountId"]!, (string)_server["zoneId"]!);
        foreach (var balancer in (await client.LoadBalancers(zone).ListAsync()).Where(b => b.Name == Host))
            await client.LoadBalancers(zone).DeleteAsync(balancer.Id!);
        foreach (var pool in (await client.Pools(account).ListAsync()).Where(p => p.Name!.StartsWith("e2ecf-", StringComparison.Ordinal)))
            await client.Pools(account).DeleteAsync(pool.Id!);
        foreach (var monitor in (await client.Monitors(account).ListAsync()).Where(m => m.Description == "tandem:e2ecf"))
            await client.Monitors(account).DeleteAsync(monitor.Id!);
    }
}
