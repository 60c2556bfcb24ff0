using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Tandem.Processes;

namespace Tandem.LoadBalancer.Tests.Api;

/// <summary>Cloudflare's own npm package, run once against a live server; what it saw, by group of calls.</summary>
public sealed class OfficialSdk : IAsyncLifetime
{
    /// <summary>The package is 120 MB unpacked; a registry that gives nothing for this long is not there.</summary>
    private static readonly TimeSpan InstallTime = TimeSpan.FromMinutes(4);

    private static readonly TimeSpan DriveTime = TimeSpan.FromMinutes(1);

    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Cloudflare.Npm");

    public JsonElement Seen { get; private set; }

    public async Task InitializeAsync()
    {
        await InstallAsync();
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

    /// <summary>Installs what the lock file says, unless that is there.</summary>
    private static async Task InstallAsync()
    {
        var stamp = Path.Combine(Folder, "node_modules", ".tandem");
        var wanted = Convert.ToHexString(SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(Folder, "package-lock.json"))));
        if (File.Exists(stamp) && await File.ReadAllTextAsync(stamp) == wanted)
            return;
        using var timeout = new CancellationTokenSource(InstallTime, TimeProvider.System);
        try
        {
            await ProcessRunner.RunCheckedAsync(
                new Command("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund") { WorkingDirectory = Folder }, timeout.Token);
        }
        catch (OperationCanceledException e)
        {
            throw new TimeoutException($"npm ci in {Folder} took longer than {InstallTime}: can this machine reach its npm registry?", e);
        }

        await File.WriteAllTextAsync(stamp, wanted);
    }
}
