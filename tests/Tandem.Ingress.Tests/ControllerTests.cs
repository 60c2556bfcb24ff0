using System.Net;
using k8s;
using Tandem.Ingress.Tests.Cluster;
using Tandem.Ingress.Tests.Nginx;

namespace Tandem.Ingress.Tests;

/// <summary>The whole controller: an API on the wire on one side, the real nginx on the other.</summary>
public sealed class ControllerTests : IAsyncLifetime
{
    private readonly NginxFolder _folder = new();
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromSeconds(30));
    private readonly Backend _web = new("web");
    private readonly WireApi _api = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _api.DisposeAsync();
        await _web.DisposeAsync();
        _folder.Dispose();
        _limit.Dispose();
    }

    [Fact]
    public async Task RunAsync_IngressAppears_IsServedThenServedOnWithoutTheApiAndAfterARestart()
    {
        _api.Add(Objects.Class);
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{_folder.HttpPort}") };

        var (stop, running) = Start();
        await UntilAsync(client, "127.0.0.1", "/health", HttpStatusCode.OK);
        await UntilAsync(client, "web.example", "/", HttpStatusCode.NotFound);

        _api.Add(Objects.Service("web"));
        _api.Add(Objects.Endpoints("web", _web.Port));
        _api.Add(Objects.Ingress("good", "web.example", "web"));
        _api.Add(Objects.Ingress("bad", "web example", "web"));
        await UntilAsync(client, "web.example", "/", HttpStatusCode.OK);
        await UntilWrittenAsync("/api/v1/namespaces/shop/events", "is not a DNS name");
        await UntilWrittenAsync("/apis/networking.k8s.io/v1/namespaces/shop/ingresses/good/status", "192.0.2.11");

        await _api.DisposeAsync();
        await StopAsync(stop, running);
        Assert.Empty(Ingress.Nginx.Leftovers.Find(_folder.Path));

        // Started anew while the API is away: the last configuration serves.
        (stop, running) = Start();
        await UntilAsync(client, "web.example", "/", HttpStatusCode.OK);
        await UntilAsync(client, "127.0.0.1", "/health", HttpStatusCode.OK);
        await StopAsync(stop, running);
    }

    private (CancellationTokenSource Stop, Task Running) Start()
    {
        var stop = new CancellationTokenSource();
        var kubernetes = new Kubernetes(new KubernetesClientConfiguration { Host = _api.Url });
        var options = new ControllerOptions(_folder.Options, "192.0.2.11", "test");
        return (stop, new Controller(kubernetes, options, _folder.Log, TimeProvider.System).RunAsync(stop.Token));
    }

    private static async Task StopAsync(CancellationTokenSource stop, Task running)
    {
        await stop.CancelAsync();
        await running;
        stop.Dispose();
    }

    private async Task UntilAsync(HttpClient client, string host, string path, HttpStatusCode status)
    {
        while (true)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Host = host;
            try
            {
                using var response = await client.SendAsync(request, _limit.Token);
                if (response.StatusCode == status)
                    return;
            }
            catch (HttpRequestException)
            {
                // nginx is not up yet.
            }

            _limit.Token.ThrowIfCancellationRequested();
        }
    }

    private async Task UntilWrittenAsync(string path, string part)
    {
        while (!_api.Written.Any(w => w.Path == path && w.Body.Contains(part)))
        {
            _limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
