using System.Diagnostics;
using System.Globalization;
using System.Net;
using DnsClient;
using Tandem.Cloudflare;
using Tandem.Cloudflare.Model;
using Tandem.Host;
using Tandem.Processes;

namespace Tandem.Cli.Tests;

/// <summary>One of several name servers, as <c>tandem host</c> starts it: a process that can be killed, stopped and started again.</summary>
internal sealed class NameServerProcess(StateFolder state, HostPlan plan, NameServerPlan server, string token) : IDisposable
{
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(15) };
    private Process? _process;

    public CloudflareClient Client => new(_http, new CloudflareClientOptions { BaseAddress = new Uri($"http://{server.Api}/client/v4/"), ApiToken = token, MaxAttempts = 1 });

    /// <summary>Starts it, and comes back when it says that it answers.</summary>
    public async Task StartAsync()
    {
        _process = ProcessRunner.StartPiped(TandemProcess.Create([.. server.Arguments(state.Plan, plan.LoadBalancer!)]));
        var seen = new List<string>();
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            seen.Add(line);
            if (!line.Contains("API on ", StringComparison.Ordinal))
                continue;

            // Its log must not fill the pipe.
            _ = _process.StandardOutput.ReadToEndAsync();
            return;
        }

        throw new InvalidOperationException($"{server.Name} did not start: {string.Join('\n', seen)}{await _process.StandardError.ReadToEndAsync()}");
    }

    /// <summary>Ends it by SIGKILL, as a crash does.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    /// <summary>SIGSTOP: it accepts connections, and says nothing.</summary>
    public Task FreezeAsync() => SignalAsync("-STOP");

    /// <summary>SIGCONT.</summary>
    public Task ThawAsync() => SignalAsync("-CONT");

    /// <summary>A pool without a monitor, which is always up, and a load balancer over it.</summary>
    public async Task<CloudflarePool> ConfigureAsync(string name, string address)
    {
        var pool = await Client.Pools(BalancerProcess.Account).CreateAsync(new CloudflarePool
        {
            Name = name, Origins = [new CloudflareOrigin { Name = "origin", Address = address }],
        });
        await Client.LoadBalancers(BalancerProcess.Zone).CreateAsync(new CloudflareLoadBalancer
        {
            Name = $"{name}.yourcompany.com", DefaultPools = [pool.Id!], FallbackPool = pool.Id, Ttl = 1,
        });
        return pool;
    }

    /// <summary>What it answers itself.</summary>
    public async Task<string?> AnswerAsync(string name) => await AskAsync(server.Dns, name);

    /// <summary>
    /// What a server answers for a name of the zone; null for no address. Asked three times, 2 s apart, as a stub resolver does: an
    /// unbound that needed longer than its discard-timeout of 1.9 s to find the living server gives no answer but to the next question.
    /// </summary>
    public static async Task<string?> AskAsync(IPEndPoint dns, string name)
    {
        var client = new LookupClient(new LookupClientOptions(dns) { UseCache = false, Retries = 2, Timeout = TimeSpan.FromSeconds(2) });
        return (await client.QueryAsync($"{name}.yourcompany.com", QueryType.A)).Answers.ARecords().FirstOrDefault()?.Address.ToString();
    }

    public void Dispose()
    {
        // SIGKILL ends a stopped process too.
        if (_process is { HasExited: false })
            _process.Kill();
        _process?.Dispose();
        _http.Dispose();
    }

    private Task SignalAsync(string signal) =>
        ProcessRunner.RunCheckedAsync(new Command("kill", signal, _process!.Id.ToString(CultureInfo.InvariantCulture)));
}
