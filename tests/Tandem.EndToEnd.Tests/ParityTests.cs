using System.Text.Json.Nodes;
using Tandem.Processes;

namespace Tandem.EndToEnd.Tests;

/// <summary>Whether the standby is ready, as <c>tandem parity</c> and the agent of a running platform tell it.</summary>
[Collection(nameof(DeployedPlatform))]
public sealed class ParityTests(PlatformFixture fixture)
{
    private readonly string _agent = $"http://127.0.0.1:{fixture.Platform.ApiPort + 4}";

    private readonly TestPlatform _platform = fixture.Platform;

    [Fact]
    public async Task Parity_NothingIsWrong_IsReady()
    {
        await UntilReadyAsync();

        var report = JsonNode.Parse((await _platform.RunOkAsync("parity", "-o", "json")).Output)!;

        Assert.True((bool)report["ready"]! && (bool)report["known"]!);
        Assert.DoesNotContain(report["findings"]!.AsArray(), f => (string)f!["severity"]! == "blocks");
        Assert.True((bool)(await _platform.StatusAsync())["readiness"]!["ready"]!);
    }

    [Fact]
    public async Task Drift_OfTheStandby_IsToldWithItsFieldsAndMendedBySync()
    {
        await UntilReadyAsync();
        await _platform.KubectlOkAsync("standby", "-n developer-services scale deployment whoami --replicas=1");
        await UntilAsync(v => Codes(v).Contains("drifted"), "the drift is seen");

        var parity = await _platform.RunAsync("parity", "-o", "json");

        Assert.Equal(5, parity.ExitCode);
        var finding = JsonNode.Parse(parity.Output)!["findings"]!.AsArray().Single(f => (string)f!["code"]! == "drifted")!;
        Assert.Equal(("standby", "Deployment developer-services/whoami"), ((string)finding["cluster"]!, (string)finding["object"]!));
        Assert.Equal(("spec.replicas", "1", "3"), ((string)finding["fields"]![0]!["path"]!, (string)finding["fields"]![0]!["from"]!, (string)finding["fields"]![0]!["to"]!));
        Assert.Contains("tandem_findings{cluster=\"standby\",code=\"drifted\",severity=\"blocks\"} 1", await GetAsync("/metrics"), StringComparison.Ordinal);

        await _platform.RunOkAsync("sync");
        await UntilReadyAsync();
    }

    [Fact]
    public async Task Secret_ThatDiffers_IsFoundAndNeverShown()
    {
        await UntilReadyAsync();
        const string Patch = "-n developer-services patch secret api-yourcompany-com-tls --type=merge -p ";
        var original = JsonNode.Parse(await _platform.KubectlOkAsync("standby", "-n developer-services get secret -o json"))!["items"]!.AsArray()
            .First(s => (string)s!["type"]! == "kubernetes.io/tls")!;
        var (name, key) = ((string)original["metadata"]!["name"]!, (string)original["data"]!["tls.key"]!);
        var patch = Patch.Replace("api-yourcompany-com-tls", name, StringComparison.Ordinal);
        try
        {
            await _platform.KubectlOkAsync("standby", patch + """{"data":{"hidden":"aHVudGVyMg=="}}""");
            await UntilAsync(v => Codes(v).Contains("secret-differs"), "the difference is seen");

            var told = await _platform.RunAsync("parity", "-o", "json");

            Assert.Equal(5, told.ExitCode);
            foreach (var text in new[] { told.Output, told.Error, await GetAsync("/readiness"), await GetAsync("/metrics"), _platform.Logs() })
            {
                Assert.DoesNotContain("aHVudGVyMg", text, StringComparison.Ordinal);
                Assert.DoesNotContain(key[..40], text, StringComparison.Ordinal);
            }
        }
        finally
        {
            await _platform.KubectlOkAsync("standby", patch + """{"data":{"hidden":null}}""");
        }

        await UntilReadyAsync();
    }

    [Fact]
    public async Task Enforce_StandbyIsNotReady_IsTheFallbackAloneUntilItIs()
    {
        var original = await File.ReadAllTextAsync(_platform.File);
        try
        {
            await File.WriteAllTextAsync(_platform.File, original.Replace("\nspec:\n", "\nspec:\n  readiness: enforce\n", StringComparison.Ordinal));
            await _platform.RunOkAsync("up");
            await UntilReadyAsync();
            await UntilPoolsAsync(2);

            await _platform.KubectlOkAsync("standby", "-n developer-services scale deployment whoami --replicas=1");
            await UntilPoolsAsync(1);
            var status = await _platform.StatusAsync();
            Assert.Equal(("hot", false), ((string)status["serving"]!, (bool)status["readiness"]!["ready"]!));

            await _platform.RunOkAsync("sync");
            await UntilPoolsAsync(2);
        }
        finally
        {
            await File.WriteAllTextAsync(_platform.File, original);
            await _platform.RunOkAsync("up");
            await UntilReadyAsync();
        }
    }

    [Fact]
    public async Task Standby_ThatIsAway_IsNeverReadyAndLosesNothing()
    {
        await UntilReadyAsync();
        var pods = await _platform.KubectlOkAsync("standby", "-n developer-services get pods -o name");
        try
        {
            await LinkAsync("down");
            await UntilAsync(v => !(bool)v["known"]! && !(bool)v["ready"]!, "the standby is away");
            Assert.Equal(3, (await _platform.RunAsync("parity")).ExitCode);
        }
        finally
        {
            await LinkAsync("up");
        }

        await UntilReadyAsync();
        Assert.Equal(pods, await _platform.KubectlOkAsync("standby", "-n developer-services get pods -o name"));
    }

    [Fact]
    public async Task Standby_ThatMissedARelease_IsBroughtUpByTheAgentBeforeItIsReady()
    {
        await UntilReadyAsync();
        var apps = Directory.CreateTempSubdirectory("tandem-parity-").FullName;
        try
        {
            foreach (var file in Directory.GetFiles(Path.Combine(TandemCommand.Root, "apps"), "*.y*ml", SearchOption.AllDirectories))
                await File.WriteAllTextAsync(
                    Path.Combine(apps, Path.GetFileName(file)), (await File.ReadAllTextAsync(file)).Replace("replicas: 3", "replicas: 4", StringComparison.Ordinal));
            await LinkAsync("down");
            await UntilAsync(v => !(bool)v["known"]!, "the standby is away");
            await _platform.RunOkAsync("deploy", apps, "--allow-degraded");
        }
        finally
        {
            await LinkAsync("up");
        }

        try
        {
            await UntilReadyAsync();
            Assert.Equal("4", await _platform.KubectlOkAsync("standby", "-n developer-services get deployment whoami -o jsonpath={.status.readyReplicas}"));
            Assert.Contains("\"standby\": \"applied\"", (await _platform.RunOkAsync("releases", "-o", "json")).Output, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(apps, recursive: true);
            await _platform.RunOkAsync("deploy");
            await UntilReadyAsync();
        }
    }

    private static IEnumerable<string> Codes(JsonNode verdict) => verdict["findings"]!.AsArray().Select(f => (string)f!["code"]!);

    private async Task<string> GetAsync(string path)
    {
        using var http = new HttpClient();
        return await http.GetStringAsync(new Uri(_agent + path));
    }

    private Task UntilReadyAsync() => UntilAsync(v => (bool)v["ready"]!, "the standby is ready");

    private Task UntilAsync(Func<JsonNode, bool> condition, string what) => Eventually.TrueAsync(
        async () =>
        {
            try
            {
                return condition(JsonNode.Parse(await GetAsync("/readiness"))!);
            }
            catch (HttpRequestException)
            {
                // The agent is being replaced, or has not judged yet.
                return false;
            }
        },
        what);

    private async Task UntilPoolsAsync(int count)
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new("Bearer", (await File.ReadAllTextAsync(Path.Combine(_platform.StateOfPlatform, "lb", "token"))).Trim());
        var plan = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(_platform.StateOfPlatform, "host.json")))!["loadBalancer"]!;
        var balancers = new Uri($"http://127.0.0.1:{_platform.ApiPort}/client/v4/zones/{plan["zoneId"]}/load_balancers");
        await Eventually.TrueAsync(
            async () => JsonNode.Parse(await http.GetStringAsync(balancers))!["result"]![0]!["default_pools"]!.AsArray().Count == count, $"{count} default pools");
    }

    private async Task LinkAsync(string state)
    {
        var result = await ProcessRunner.RunAsync(new Command("ip", "link", "set", $"{_platform.Bridge}-standby", state));
        Assert.True(result.ExitCode == 0, result.Error);
    }
}
