using System.Net;
using System.Text.Json;
using Tandem.Processes;
using Tandem.Tests;

namespace Tandem.LoadBalancer.Tests.Api;

/// <summary>Cloudflare's own npm package, run once against a live server; what it saw, by group of calls.</summary>
public sealed class OfficialSdk : IAsyncLifetime
{
    private static readonly TimeSpan DriveTime = TimeSpan.FromMinutes(1);

    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Cloudflare.Npm");

    public JsonElement Seen { get; private set; }

    public async Task InitializeAsync()
    {
        await NpmFolder.InstallAsync(Folder);
        using var folder = new TemporaryFolder();
        using var origin = new TinyServer(IPAddress.Parse("127.0.0.6")).Start();
        await using var balancer = await RunningBalancer.StartAsync(RunningBalancer.Options(folder));
        using var timeout = new CancellationTokenSource(DriveTime, TimeProvider.System);
        var result = await ProcessRunner.RunCheckedAsync(
            new Command("node", "drive.mjs")
            {
                WorkingDirectory = Folder,
                Environment = new Dictionary<string, string?>
                {
                    ["BASE_URL"] = balancer.Addresses.Api.ToString().TrimEnd('/'),
                    ["TOKEN"] = "secret",
                    ["ACCOUNT"] = RunningBalancer.Account,
                    ["ZONE"] = RunningBalancer.Zone,
                    ["ORIGIN"] = origin.EndPoint.ToString(),
                },
            },
            timeout.Token);
        Seen = JsonDocument.Parse(result.Output).RootElement;
    }

    public Task DisposeAsync() => Task.CompletedTask;
}
