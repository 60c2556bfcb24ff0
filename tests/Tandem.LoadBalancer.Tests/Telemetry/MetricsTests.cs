using System.Net;
using System.Text.Json;
using Tandem.Cloudflare.Model;
using Tandem.Processes;

namespace Tandem.LoadBalancer.Tests.Telemetry;

/// <summary>The metrics, as Prometheus's own programs read them.</summary>
public sealed class MetricsTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly TinyServer _hot = new TinyServer(IPAddress.Parse("127.0.0.2")).Start();
    private readonly TinyServer _standby = new TinyServer(IPAddress.Parse("127.0.0.3")).Start();
    private RunningBalancer _balancer = null!;
    private IReadOnlyList<CloudflarePool> _pools = [];

    public async Task InitializeAsync()
    {
        _balancer = await RunningBalancer.StartAsync(RunningBalancer.Options(_folder));
        _pools = await _balancer.ConfigureAsync(new CloudflareMonitor { Interval = 1, Timeout = 1, Retries = 0 }, _hot.EndPoint, _standby.EndPoint);
        Assert.NotEmpty(await _balancer.ResolveAsync());
    }

    public async Task DisposeAsync()
    {
        await _balancer.DisposeAsync();
        _hot.Dispose();
        _standby.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Metrics_WithoutAToken_PassPromtool()
    {
        var metrics = await MetricsAsync();

        var lint = await ProcessRunner.RunAsync(new Command("promtool", ["check", "metrics"]) { Input = metrics });
        Assert.True(lint.ExitCode == 0 && lint.Error.Length == 0, $"{lint.ExitCode}: {lint.Error}");
        Assert.Equal(HttpStatusCode.BadRequest, (await _balancer.Http.GetAsync(new Uri(_balancer.Addresses.Api, "/tandem/v1/status"))).StatusCode);
    }

    [Fact]
    public async Task Metrics_AfterAForcedFailover_TellStateAndCounts()
    {
        await _balancer.TandemAsync(HttpMethod.Post, $"pools/{_pools[0].Id}/force", """{"state":"down"}""");
        Assert.Equal(["127.0.0.3"], await _balancer.ResolveAsync());
        var lines = (await MetricsAsync()).Split('\n');

        Assert.Contains("tandem_lb_pool_observed{pool=\"pool-0\"} 1", lines);
        Assert.Contains("tandem_lb_pool_published{pool=\"pool-0\"} 0", lines);
        Assert.Contains("tandem_lb_pool_forced{pool=\"pool-0\",state=\"down\"} 1", lines);
        Assert.Contains("tandem_lb_pool_flips_total{pool=\"pool-0\"} 1", lines);
        Assert.Contains("tandem_lb_origin_observed{pool=\"pool-1\",origin=\"cluster\",state=\"healthy\"} 1", lines);
        Assert.Contains("tandem_lb_serving{name=\"api.yourcompany.com\",pool=\"pool-1\"} 1", lines);
        Assert.DoesNotContain("tandem_lb_serving{name=\"api.yourcompany.com\",pool=\"pool-0\"} 1", lines);
        Assert.Contains("tandem_lb_dns_queries_total{transport=\"udp\"} 2", lines);
        Assert.Contains("tandem_lb_dns_answers_total{rcode=\"NOERROR\"} 2", lines);
        Assert.Contains("tandem_lb_frozen 0", lines);
        Assert.Contains("tandem_lb_events_total{type=\"forced\"} 1", lines);
        Assert.Contains(lines, line => line.StartsWith("tandem_lb_probes_total{pool=\"pool-0\",origin=\"cluster\",reason=\"No failures\"} ", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("tandem_lb_probe_duration_seconds_count{pool=\"pool-0\",origin=\"cluster\"} ", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("tandem_lb_last_probe_age_seconds{pool=\"pool-0\",origin=\"cluster\"} ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Metrics_ScrapedByPrometheus_CanBeQueried()
    {
        var port = FreePort.Take();
        await File.WriteAllTextAsync(_folder.File("prometheus.yml"), $$"""
            scrape_configs:
              - job_name: tandem
                scrape_interval: 200ms
                scrape_timeout: 200ms
                static_configs: [ { targets: [ "127.0.0.1:{{_balancer.Addresses.Api.Port}}" ] } ]
            """);
        using var stop = new CancellationTokenSource();
        var prometheus = ProcessRunner.RunAsync(
            new Command("prometheus",
            [
                "--config.file=" + _folder.File("prometheus.yml"), "--storage.tsdb.path=" + _folder.File("tsdb"),
                $"--web.listen-address=127.0.0.1:{port}",
            ]),
            stop.Token);
        try
        {
            Assert.Equal("1", await QueryAsync(port, "tandem_lb_pool_published{pool=\"pool-0\"}", prometheus));
            Assert.Equal("1", await QueryAsync(port, "up{job=\"tandem\"}", prometheus));
        }
        finally
        {
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => prometheus);
        }
    }

    private async Task<string> MetricsAsync() => await _balancer.Http.GetStringAsync(new Uri(_balancer.Addresses.Api, "/metrics"));

    /// <summary>Asks Prometheus until it has scraped the value.</summary>
    private async Task<string?> QueryAsync(int port, string query, Task<ProcessResult> prometheus)
    {
        var deadline = TimeProvider.System.GetUtcNow() + TimeSpan.FromSeconds(30);
        while (TimeProvider.System.GetUtcNow() < deadline)
        {
            Assert.False(prometheus.IsCompleted, "prometheus has ended");
            try
            {
                using var answer = JsonDocument.Parse(
                    await _balancer.Http.GetStringAsync(new Uri($"http://127.0.0.1:{port}/api/v1/query?query={Uri.EscapeDataString(query)}")));
                var result = answer.RootElement.GetProperty("data").GetProperty("result");
                if (result.GetArrayLength() > 0)
                    return result[0].GetProperty("value")[1].GetString();
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }

        return null;
    }
}
