using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;
using Tandem.Cloudflare;
using Tandem.Host;
using Tandem.Processes;

namespace Tandem.Cli.Tests;

/// <summary><c>tandem lb run</c> as a process of its own, on free ports; what it keeps is in the state folder of platform demo.</summary>
internal sealed partial class BalancerProcess : IDisposable
{
    public const string Account = "0123456789abcdef0123456789abcdef";
    public const string Zone = "fedcba9876543210fedcba9876543210";

    private const string Token = "secret";

    private readonly HttpClient _http = new();
    private readonly Process _process;

    private BalancerProcess(Process process, Uri api, IPEndPoint? https)
    {
        (_process, Https) = (process, https);
        Client = new CloudflareClient(_http, new CloudflareClientOptions { BaseAddress = api, ApiToken = Token, MaxAttempts = 1 });
    }

    public CloudflareClient Client { get; }

    /// <summary>Where its proxy serves HTTPS; null without one.</summary>
    public IPEndPoint? Https { get; }

    /// <summary>Starts it, and writes the plan for the command line to find its API in.</summary>
    /// <param name="state">Where it keeps its state.</param>
    /// <param name="environment">Environment variables on top of this process's own.</param>
    /// <param name="notifications">Who is told of decisions.</param>
    /// <param name="proxied">Whether it has a proxy.</param>
    public static async Task<BalancerProcess> StartAsync(
        StateFolder state, IReadOnlyDictionary<string, string?>? environment = null, NotificationsPlan? notifications = null, bool proxied = false)
    {
        state.Create([]);
        await File.WriteAllTextAsync(state.LoadBalancerToken, Token);
        File.SetUnixFileMode(state.LoadBalancerToken, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await WritePlanAsync(state, 0, notifications, proxied);
        var process = ProcessRunner.StartPiped(
            TandemProcess.Create("lb", "run", "--plan", state.Plan) with { Environment = environment ?? new Dictionary<string, string?>() });
        var seen = new List<string>();
        IPEndPoint? https = null;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            seen.Add(line);
            if (Proxy().Match(line) is { Success: true } proxy)
                https = IPEndPoint.Parse(proxy.Groups["https"].Value);
            if (Started().Match(line) is not { Success: true } match)
                continue;

            // Its log must not fill the pipe.
            _ = process.StandardOutput.ReadToEndAsync();
            var api = new Uri(match.Groups["api"].Value);
            await WritePlanAsync(state, api.Port, notifications, proxied);
            return new BalancerProcess(process, api, https);
        }

        throw new InvalidOperationException($"the load balancer did not start: {string.Join('\n', seen)}{await process.StandardError.ReadToEndAsync()}");
    }

    /// <summary>Ends it by SIGKILL, as a crash does, and waits for its end.</summary>
    public async Task CrashAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
        _http.Dispose();
    }

    private static Task WritePlanAsync(StateFolder state, int port, NotificationsPlan? notifications, bool proxied)
    {
        var balancer = new LoadBalancerPlan("127.0.0.1:0", port, "yourcompany.com", Account, Zone, notifications)
        {
            Proxy = proxied ? new ProxyPlan("127.0.0.1:0", "127.0.0.1:0") : null,
        };
        return File.WriteAllTextAsync(state.Plan, new HostPlan("demo", "", "tandem0", "10.77.0.1/24", [], balancer, "", [], "", null).ToJson());
    }

    [GeneratedRegex(@"API on (?<api>http://\S+)")]
    private static partial Regex Started();

    [GeneratedRegex(@"Proxy on \S+, (?<https>\S+)")]
    private static partial Regex Proxy();
}
