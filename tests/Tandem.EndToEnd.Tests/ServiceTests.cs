using System.Net;
using DnsClient;
using Tandem.Processes;

namespace Tandem.EndToEnd.Tests;

/// <summary>The service as its users reach it: DNS, then HTTPS to the answer.</summary>
[Collection(nameof(RunningPlatform))]
public sealed class ServiceTests(PlatformFixture fixture)
{
    private const string Host = "api.yourcompany.com";

    private readonly TestPlatform _platform = fixture.Platform;

    [Fact]
    public async Task Dns_UdpAndTcp_AnswerWithTheHotClustersAddress()
    {
        var status = await _platform.StatusAsync();
        var dns = IPEndPoint.Parse((string)status["loadBalancer"]!["dns"]!);
        foreach (var tcp in new[] { false, true })
        {
            var client = new LookupClient(new LookupClientOptions(dns) { UseCache = false, UseTcpOnly = tcp });

            var answer = await client.QueryAsync(Host, QueryType.A);

            Assert.Equal((string)status["clusters"]![0]!["ingressAddress"]!, answer.Answers.ARecords().Single().Address.ToString());
            Assert.True(answer.Header.HasAuthorityAnswer);
        }

        Assert.Equal("hot", (string)status["serving"]!);
    }

    [Theory]
    [InlineData("hot", "/", "nginx")]
    [InlineData("hot", "/whoami", "Hostname: whoami-")]
    [InlineData("standby", "/", "nginx")]
    [InlineData("standby", "/whoami", "Hostname: whoami-")]
    public async Task Https_EachPathOfEachCluster_IsAnsweredWithAVerifiedCertificate(string cluster, string path, string expected)
    {
        var answer = await CurlAsync(await AddressAsync(cluster), $"https://{Host}{path}", verified: true);

        Assert.True(answer.ExitCode == 0, answer.Error);
        Assert.Contains(expected, answer.Output);
    }

    [Fact]
    public async Task Ingress_HealthAndUnknownHosts_AreTheDefaultBackends()
    {
        var address = await AddressAsync("hot");

        Assert.Equal("200", (await CurlAsync(address, $"http://{address}/health", code: true)).Output);
        Assert.Equal("404", (await CurlAsync(address, $"http://{address}/other", code: true)).Output);
        Assert.Equal("404", (await CurlAsync(address, "http://unknown.example.com/", code: true)).Output);
    }

    private async Task<string> AddressAsync(string cluster)
    {
        var status = await _platform.StatusAsync();
        return status["clusters"]!.AsArray().Where(c => (string)c!["name"]! == cluster).Select(c => (string)c!["ingressAddress"]!).Single();
    }

    private async Task<ProcessResult> CurlAsync(string address, string url, bool verified = false, bool code = false)
    {
        var uri = new Uri(url);
        List<string> arguments = ["-sS", "--max-time", "10", "--resolve", $"{uri.Host}:{uri.Port}:{address}"];
        if (verified)
            arguments.AddRange(["--cacert", Path.Combine(_platform.StateOfPlatform, "tls.crt")]);
        if (code)
            arguments.AddRange(["-o", "/dev/null", "-w", "%{http_code}"]);
        return await ProcessRunner.RunAsync(new Command("curl", [.. arguments, url]));
    }
}
