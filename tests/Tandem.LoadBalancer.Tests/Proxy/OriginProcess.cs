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
    public static async Task<OriginProcess> StartAsync(string name, IPAddress address, params string[] prefix)
    {
        string[] command = [.. prefix, "node", Path.Combine(AppContext.BaseDirectory, "Proxy", "origin.mjs"), name, address.ToString()];
        var process = ProcessRunner.StartPiped(new Command(command[0], command[1..]));
        var port = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException(await process.StandardError.ReadToEndAsync());
        return new OriginProcess(process, new IPEndPoint(address, int.Parse(port, CultureInfo.InvariantCulture)));
    }

    /// <summary>As kill -9 does.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        Kill();
        _process.Dispose();
    }
}
