using System.Diagnostics;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Tandem.LoadBalancer;
using Tandem.Processes;

namespace Tandem.Bench;

/// <summary>Our load balancer as a process of its own, with a configuration that is there from its start.</summary>
internal sealed class BalancerProcess : IAsyncDisposable
{
    private const string Account = "0123456789abcdef0123456789abcdef";
    private const string Zone = "fedcba9876543210fedcba9876543210";
    private readonly string _folder = Directory.CreateTempSubdirectory("tandem-bench-").FullName;

    private BalancerProcess(JsonObject configuration)
    {
        (Port, ApiPort) = (Ports.Free(), Ports.Free());
        var state = Directory.CreateDirectory(Path.Combine(_folder, "state")).FullName;
        File.WriteAllText(Path.Combine(state, "config.json"), configuration.ToJsonString());
        var token = Path.Combine(_folder, "token");
        File.WriteAllText(token, "secret\n");
        File.SetUnixFileMode(token, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var options = Path.Combine(_folder, "options.json");
        File.WriteAllText(options, JsonSerializer.Serialize(new Options(state, token, Port, ApiPort, "example.com")));
        Process = ProcessRunner.StartInherited(new Processes.Command("dotnet", [typeof(BalancerProcess).Assembly.Location, "serve", options])
        {
            // As 'tandem up' starts it.
            Environment = Host.Programs.Tandem("", "").Environment,
        });
    }

    /// <summary>Where it answers DNS.</summary>
    public int Port { get; }

    /// <summary>Where its API is; the token is "secret".</summary>
    public int ApiPort { get; }

    public Process Process { get; }

    /// <summary>Starts it; it answers when the returned one is asked.</summary>
    public static BalancerProcess Start(JsonObject configuration) => new(configuration);

    /// <summary>The other side: runs in the process that was started.</summary>
    public static async Task<int> ServeAsync(string file, CancellationToken stop)
    {
        var options = JsonSerializer.Deserialize<Options>(await File.ReadAllTextAsync(file, stop))!;
        await LoadBalancerProgram.RunAsync(
            new LoadBalancerOptions
            {
                StateDirectory = options.State,
                DnsEndPoints = [new IPEndPoint(IPAddress.Loopback, options.DnsPort)],
                ApiEndPoint = new IPEndPoint(IPAddress.Loopback, options.ApiPort),
                TokenFile = options.Token,
                AccountId = Account,
                ZoneId = Zone,
                ZoneName = options.ZoneName,

                // One client asks for all: the limit is worked out, but never reached.
                ResponsesPerSecond = int.MaxValue,
            },
            NullLogger.Instance,
            stop);
        return 0;
    }

    public async ValueTask DisposeAsync()
    {
        Process.Kill();
        await Process.WaitForExitAsync();
        Process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private sealed record Options(string State, string Token, int DnsPort, int ApiPort, string ZoneName);
}
