using System.Diagnostics;
using System.Globalization;
using System.Net;
using Tandem.Processes;

namespace Tandem.LoadBalancer.Tests.Proxy;

/// <summary>A real origin in a process of its own.</summary>
internal sealed class OriginProcess : IDisposable
{
    private readonly Process _process;

    private OriginProcess(Process process, IPEndPoint endPoint) => (_process, EndPoint) = (process, endPoint);

    public IPEndPoint EndPoint { get; }

    /// <param name="name">What it calls itself.</param>
    /// <param name="address">Where it listens.</param>
    /// <param name="prefix">What runs it, such as "ip netns exec NAME".</param>
    public static Task<OriginProcess> StartAsync(string name, IPAddress address, params string[] prefix) =>
        StartAsync(prefix, name, address.ToString(), []);

    /// <summary>One that speaks TLS.</summary>
    public static Task<OriginProcess> StartTlsAsync(string name, IPAddress address, string certificate, string key) =>
        StartAsync([], name, address.ToString(), [certificate, key]);

    private static async Task<OriginProcess> StartAsync(string[] prefix, string name, string address, string[] files)
    {
        string[] command = [.. prefix, "node", Path.Combine(AppContext.BaseDirectory, "Proxy", "origin.mjs"), name, address, .. files];
        var process = ProcessRunner.StartPiped(new Command(command[0], command[1..]));
        var port = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException(await process.StandardError.ReadToEndAsync());
        return new OriginProcess(process, new IPEndPoint(IPAddress.Parse(address), int.Parse(port, CultureInfo.InvariantCulture)));
    }

    /// <summary>As kill -9 does.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    /// <summary>It does nothing for a while, as on a machine that has too much to do.</summary>
    public async Task StallAsync(TimeSpan time)
    {
        await ProcessRunner.RunAsync(new Command("kill", "-STOP", $"{_process.Id}"));
        await Task.Delay(time, TimeProvider.System);
        await ProcessRunner.RunAsync(new Command("kill", "-CONT", $"{_process.Id}"));
    }

    public void Dispose()
    {
        Kill();
        _process.Dispose();
    }
}
