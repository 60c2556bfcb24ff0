using System.Net;
using System.Net.Sockets;
using Tandem.Host;
using Tandem.LoadBalancer.Tests;

namespace Tandem.Cli.Tests;

/// <summary>Two name servers of one zone, on 127.0.0.11 and 127.0.0.12, that do not run yet.</summary>
internal sealed class NameServerPair : IDisposable
{
    private const string Token = "secret";

    private readonly TemporaryFolder _folder = new();
    private readonly NameServerProcess[] _servers;

    public NameServerPair()
    {
        State = new StateFolder("demo", _folder.File("state"));
        State.Create([]);
        File.WriteAllText(State.LoadBalancerToken, Token);
        File.SetUnixFileMode(State.LoadBalancerToken, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var balancer = new LoadBalancerPlan($"127.0.0.11:{FreePorts(1)}", FreePorts(2), "yourcompany.com", BalancerProcess.Account, BalancerProcess.Zone) { NameServers = 2 };
        var plan = new HostPlan("demo", "", "tandem0", "10.77.0.1/24", [], balancer, "", [], "", null);
        File.WriteAllText(State.Plan, plan.ToJson());
        Plans = NameServerPlan.Of(balancer);
        _servers = [.. Plans.Select(server => new NameServerProcess(State, plan, server, Token))];
    }

    public StateFolder State { get; }

    public IReadOnlyList<NameServerPlan> Plans { get; }

    public NameServerProcess this[int i] => _servers[i];

    public string InFolder(string name) => _folder.File(name);

    public Task StartAsync() => Task.WhenAll(_servers.Select(server => server.StartAsync()));

    /// <summary>Waits for a condition, which ends with the test's failure when it does not come.</summary>
    public static async Task UntilAsync(Func<Task<bool>> condition, string what, double seconds)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(seconds), $"not within {seconds} s: {what}");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }

    /// <summary>The first of so many ports in a row that are free on every loopback address, over TCP and UDP.</summary>
    public static int FreePorts(int count)
    {
        while (true)
        {
            var first = Random.Shared.Next(20_000, 30_000);
            try
            {
                foreach (var port in Enumerable.Range(first, count))
                {
                    using var tcp = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                    tcp.Bind(new IPEndPoint(IPAddress.Any, port));
                    using var udp = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
                    udp.Bind(new IPEndPoint(IPAddress.Any, port));
                }

                return first;
            }
            catch (SocketException)
            {
                // Somebody has one of them: others then.
            }
        }
    }

    public void Dispose()
    {
        foreach (var server in _servers)
            server.Dispose();
        _folder.Dispose();
    }
}
