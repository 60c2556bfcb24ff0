using System.Net;
using System.Threading.Channels;
using k8s.Models;
using Tandem.Client;
using Tandem.ClusterDns.Answering;
using Tandem.ClusterDns.Forwarding;
using Tandem.ClusterDns.Records;
using Tandem.Dns.Server;

namespace Tandem.ClusterDns;

/// <summary>The server as a whole: follows the API and serves what it says.</summary>
internal sealed class ClusterDnsProgram
{
    // Endpoints often change several at a time.
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(20);

    private readonly ClusterDnsOptions _options;
    private readonly TimeProvider _time;
    private readonly Action<string> _log;
    private readonly ClusterHandler _handler;
    private readonly Informer<V1Service> _services;
    private readonly Informer<V1EndpointSlice> _slices;

    // Rung however often, it is heard once.
    private readonly Channel<bool> _changed = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private volatile bool _ready;

    public ClusterDnsProgram(
        ClusterDnsOptions options, InformerSource<V1Service> services, InformerSource<V1EndpointSlice> slices,
        IReadOnlyList<IPEndPoint> upstreams, TimeProvider time, Action<string> log)
    {
        (_options, _time, _log) = (options, time, log);
        _handler = new ClusterHandler(options, new Forwarder([.. upstreams.Select(u => new Upstream(u))], time));
        _services = new Informer<V1Service>(services, _ => _changed.Writer.TryWrite(true), time, log);
        _slices = new Informer<V1EndpointSlice>(slices, _ => _changed.Writer.TryWrite(true), time, log);
    }

    /// <summary>Serves until cancelled.</summary>
    /// <exception cref="DnsBindException">The port is in use.</exception>
    /// <exception cref="HttpListenerException">The port of the health checks is in use.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var server = new DnsServer(
            new DnsServerOptions
            {
                EndPoints = [new IPEndPoint(IPAddress.Any, _options.Port)],
                TimeProvider = _time,
                OnError = e => _log($"a query failed: {e.Message}"),
            },
            _handler);
        await server.StartAsync(cancellationToken);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task[] parts =
        [
            new HealthServer(_options.HealthPort, () => _ready).RunAsync(stop.Token),
            _services.RunAsync(stop.Token),
            _slices.RunAsync(stop.Token),
            FollowAsync(stop.Token),
        ];
        // None ends but by being stopped or by failing; then the process ends and is started again.
        await Task.WhenAny(parts);
        await stop.CancelAsync();
        await Task.WhenAll(parts);
    }

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAll(_services.Synced, _slices.Synced).WaitAsync(cancellationToken);
            while (true)
            {
                _handler.Publish(ServiceRecords.Build(
                    _services.Cache.Values, _slices.Cache.Values, _options.ClusterDomain, _handler.ReverseZones));
                _ready = true;
                await _changed.Reader.ReadAsync(cancellationToken);
                await Task.Delay(Gather, _time, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }
}
