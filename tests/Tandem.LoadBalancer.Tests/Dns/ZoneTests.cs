using System.Net;
using Tandem.Cloudflare.Model;
using Tandem.Processes;

namespace Tandem.LoadBalancer.Tests.Dns;

/// <summary>The zone as dig sees it, over UDP and TCP, IPv4 and IPv6.</summary>
public sealed class ZoneTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private RunningBalancer _balancer = null!;

    public async Task InitializeAsync()
    {
        _balancer = await RunningBalancer.StartAsync(RunningBalancer.Options(_folder) with
        {
            DnsEndPoints = [new IPEndPoint(IPAddress.Loopback, 0), new IPEndPoint(IPAddress.IPv6Loopback, 0)],
        });
        var pool = await _balancer.Client.Pools(RunningBalancer.Account).CreateAsync(new CloudflarePool
        {
            Name = "pool",
            Origins = [new CloudflareOrigin { Name = "four", Address = "192.0.2.1" }, new CloudflareOrigin { Name = "six", Address = "2001:db8::1" }],
        });
        await _balancer.Client.LoadBalancers(RunningBalancer.Zone).CreateAsync(new CloudflareLoadBalancer
        {
            Name = "api.deep.yourcompany.com", DefaultPools = [pool.Id!], FallbackPool = pool.Id, Ttl = 30,
        });
    }

    public async Task DisposeAsync()
    {
        await _balancer.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("api.deep.yourcompany.com A", "NOERROR", "api.deep.yourcompany.com. 30 IN A 192.0.2.1")]
    [InlineData("api.deep.yourcompany.com AAAA", "NOERROR", "api.deep.yourcompany.com. 30 IN AAAA 2001:db8::1")]
    [InlineData("aPi.DEEP.yourCompany.com A", "NOERROR", "aPi.DEEP.yourCompany.com. 30 IN A 192.0.2.1")]
    [InlineData("yourcompany.com NS", "NOERROR", "yourcompany.com. 300 IN NS ns.yourcompany.com.")]
    [InlineData("ns.yourcompany.com A", "NOERROR", "ns.yourcompany.com. 300 IN A 127.0.0.1")]
    [InlineData("ns.yourcompany.com AAAA", "NOERROR", "ns.yourcompany.com. 300 IN AAAA ::1")]
    [InlineData("yourcompany.com SOA", "NOERROR", "yourcompany.com. 300 IN SOA ns.yourcompany.com. hostmaster.yourcompany.com.")]
    [InlineData("api.deep.yourcompany.com TXT", "NOERROR", "yourcompany.com. 5 IN SOA")]
    [InlineData("deep.yourcompany.com A", "NOERROR", "yourcompany.com. 5 IN SOA")]
    [InlineData("other.yourcompany.com A", "NXDOMAIN", "yourcompany.com. 5 IN SOA")]
    [InlineData("www.example.org A", "REFUSED", "")]
    public async Task Dig_OverEveryTransport_SeesTheZone(string question, string status, string record)
    {
        foreach (var endPoint in _balancer.Addresses.Dns)
        {
            foreach (var transport in new[] { "+notcp", "+tcp" })
            {
                var result = await ProcessRunner.RunCheckedAsync(new Command(
                    "dig", [$"@{endPoint.Address}", "-p", $"{endPoint.Port}", "+tries=1", "+timeout=5", "+norecurse", transport, .. question.Split(' ')]));
                Assert.Contains($"status: {status}", result.Output, StringComparison.Ordinal);
                Assert.Equal(status != "REFUSED", result.Output.Contains("flags: qr aa", StringComparison.Ordinal));
                var lines = result.Output.Split('\n').Select(l => string.Join(' ', l.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));
                Assert.True(record.Length == 0 || lines.Any(l => l.StartsWith(record, StringComparison.Ordinal)), result.Output);
            }
        }
    }
}
