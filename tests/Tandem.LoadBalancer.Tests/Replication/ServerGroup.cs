using System.Net;
using System.Net.Sockets;

namespace Tandem.LoadBalancer.Tests.Replication;

/// <summary>Several load balancers of one zone in this process, each a peer of all others.</summary>
internal sealed class ServerGroup : IAsyncDisposable
{
    private readonly List<TemporaryFolder> _folders = [];
    private readonly List<LoadBalancerOptions> _options = [];
    private readonly RunningBalancer?[] _running;

    /// <param name="count">How many.</param>
    /// <param name="more">Peers of each that are none of them.</param>
    public ServerGroup(int count, params IPEndPoint[] more)
    {
        var apis = FreePorts(count).ConvertAll(port => new IPEndPoint(IPAddress.Loopback, port));
        foreach (var api in apis)
        {
            _folders.Add(new TemporaryFolder());
            _options.Add(RunningBalancer.Options(_folders[^1]) with { ApiEndPoint = api, Peers = [.. apis.Where(other => other != api), .. more] });
        }

        _running = new RunningBalancer?[count];
    }

    public RunningBalancer this[int i] => _running[i]!;

    public int Count => _running.Length;

    public async Task StartAsync(int i) => _running[i] = await RunningBalancer.StartAsync(_options[i]);

    public async Task StopAsync(int i)
    {
        await _running[i]!.DisposeAsync();
        _running[i] = null;
    }

    /// <summary>Starts those that do not run.</summary>
    public async Task StartAllAsync()
    {
        for (var i = 0; i < Count; i++)
        {
            if (_running[i] is null)
                await StartAsync(i);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _running.OfType<RunningBalancer>())
            await server.DisposeAsync();
        foreach (var folder in _folders)
            folder.Dispose();
    }

    /// <summary>Waits for a condition, which ends with the test's failure when it does not come.</summary>
    public static async Task UntilAsync(Func<Task<bool>> condition, string what, double seconds = 10)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(seconds), $"not within {seconds} s: {what}");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }

    /// <summary>Ports that were free a moment ago, all different.</summary>
    private static List<int> FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        listeners.ForEach(listener => listener.Start());
        var ports = listeners.ConvertAll(listener => ((IPEndPoint)listener.LocalEndpoint).Port);
        listeners.ForEach(listener => listener.Stop());
        return ports;
    }
}
