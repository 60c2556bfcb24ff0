using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using DnsClient;
using k8s;
using k8s.Models;
using Tandem.Client;
using Tandem.Dns.Server;

namespace Tandem.ClusterDns.Tests;

/// <summary>The whole server on ports of 127.0.0.1, fed with a snapshot, and an upstream server of the same machine.</summary>
public sealed class ClusterFixture : IAsyncLifetime
{
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _slicesMayCome = new();
    private Task _running = Task.CompletedTask;
    private DnsServer? _upstream;

    public int Port { get; private set; }

    public int HealthPort { get; private set; }

    public UpstreamZone Upstream { get; } = new();

    public LookupClient Client { get; private set; } = null!;

    public HttpClient Http { get; } = new();

    public async Task InitializeAsync()
    {
        _upstream = new DnsServer(new DnsServerOptions { EndPoints = [new IPEndPoint(IPAddress.Loopback, 0)] }, Upstream);
        await _upstream.StartAsync();
        // The first does not answer: nobody listens there.
        IPEndPoint[] upstreams = [new IPEndPoint(IPAddress.Loopback, FreePort()), _upstream.EndPoints[0]];
        (Port, HealthPort) = (FreePort(), FreePort());
        var program = new ClusterDnsProgram(
            new ClusterDnsOptions { Port = Port, HealthPort = HealthPort },
            Source(Snapshot.Services, Task.CompletedTask), Source(Snapshot.Slices, _slicesMayCome.Task), upstreams, TimeProvider.System, _ => { });
        _running = program.RunAsync(_stop.Token);
        Client = new LookupClient(new LookupClientOptions(new NameServer(IPAddress.Loopback, Port))
        {
            UseCache = false, ThrowDnsErrors = false, Retries = 0, Timeout = TimeSpan.FromSeconds(10),
        });

        Assert.Equal(HttpStatusCode.OK, await StatusAsync("health"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync("ready"));
        // NXDOMAIN would be remembered by clients.
        Assert.Equal(DnsHeaderResponseCode.ServerFailure, (await Client.QueryAsync("web.default.svc.cluster.local", QueryType.A)).Header.ResponseCode);
        _slicesMayCome.SetResult();
        while (await StatusAsync("ready") != HttpStatusCode.OK)
            await Task.Yield();
    }

    public async Task<HttpStatusCode> StatusAsync(string path) =>
        (await Http.GetAsync(new Uri($"http://127.0.0.1:{HealthPort}/{path}"))).StatusCode;

    public async Task DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        await _upstream!.DisposeAsync();
        Http.Dispose();
        _stop.Dispose();
    }

    private static InformerSource<T> Source<T>(IReadOnlyList<T> items, Task after)
        where T : class, IKubernetesObject<V1ObjectMeta> => new(
        async _ =>
        {
            await after;
            return (items, "1");
        },
        (_, cancellationToken) => NeverAsync<T>(cancellationToken));

    private static async IAsyncEnumerable<(WatchEventType, T)> NeverAsync<T>([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        yield break;
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
