using System.Net;
using DnsClient;
using DnsClient.Protocol;

namespace Tandem.ClusterDns.Tests;

/// <summary>Questions by an independent client over the wire.</summary>
public sealed class AnswersTests(ClusterFixture cluster) : IClassFixture<ClusterFixture>
{
    [Theory]
    [InlineData("web.default.svc.cluster.local", "10.96.3.4")]
    [InlineData("WEB.Default.svc.cluster.LOCAL", "10.96.3.4")]
    [InlineData("db.default.svc.cluster.local", "10.244.0.5 10.244.0.6")]
    [InlineData("db-0.db.default.svc.cluster.local", "10.244.0.5")]
    [InlineData("10-244-0-6.db.default.svc.cluster.local", "10.244.0.6")]
    [InlineData("10-244-0-9.web.default.svc.cluster.local", "10.244.0.9")]
    [InlineData("10-244-0-77.default.pod.cluster.local", "10.244.0.77")]
    [InlineData("away.default.svc.cluster.local", "192.0.2.7")]
    [InlineData("alias.default.svc.cluster.local", "10.96.3.4")]
    [InlineData("example.com", "192.0.2.7")]
    public async Task Query_Address_Answers(string name, string addresses)
    {
        var answer = await AskAsync(name, QueryType.A);
        Assert.Equal(DnsHeaderResponseCode.NoError, answer.Header.ResponseCode);
        Assert.Equal(addresses.Split(' '), answer.Answers.ARecords().Select(a => a.Address.ToString()).Order());
        Assert.True(answer.Header.RecursionAvailable);
    }

    [Theory]
    [InlineData("none.default.svc.cluster.local")]
    [InlineData("web.other.svc.cluster.local")]
    [InlineData("10-244-0-7.db.default.svc.cluster.local")] // not ready
    [InlineData("_sql._udp.db.default.svc.cluster.local")]
    [InlineData("10-244-0.default.pod.cluster.local")]
    [InlineData("example.com.cluster.local")]
    [InlineData("99.9.96.10.in-addr.arpa")]
    public async Task Query_NoSuchName_NameErrorWithShortLivedSoa(string name)
    {
        var answer = await AskAsync(name, QueryType.A);
        Assert.Equal(DnsHeaderResponseCode.NotExistentDomain, answer.Header.ResponseCode);
        Assert.True(answer.Header.HasAuthorityAnswer);
        var soa = Assert.Single(answer.Authorities.OfType<SoaRecord>());
        Assert.Equal((5, 5u), (soa.InitialTimeToLive, soa.Minimum));
    }

    [Theory]
    [InlineData("web.default.svc.cluster.local", QueryType.AAAA)]
    [InlineData("empty.default.svc.cluster.local", QueryType.A)]
    [InlineData("default.svc.cluster.local", QueryType.A)]
    [InlineData("svc.cluster.local", QueryType.A)]
    [InlineData("default.pod.cluster.local", QueryType.A)]
    [InlineData("_tcp.web.default.svc.cluster.local", QueryType.SRV)]
    [InlineData("10-244-0-77.default.pod.cluster.local", QueryType.AAAA)]
    [InlineData("cluster.local", QueryType.A)]
    public async Task Query_NameWithoutThatType_EmptyWithSoa(string name, QueryType type)
    {
        var answer = await AskAsync(name, type);
        Assert.Equal(DnsHeaderResponseCode.NoError, answer.Header.ResponseCode);
        Assert.Empty(answer.Answers);
        Assert.Single(answer.Authorities.OfType<SoaRecord>());
    }

    [Fact]
    public async Task Query_ServicePort_NamesTheServiceAndItsAddress()
    {
        var answer = await AskAsync("_http._tcp.web.default.svc.cluster.local", QueryType.SRV);
        var srv = Assert.Single(answer.Answers.SrvRecords());
        Assert.Equal((80, "web.default.svc.cluster.local."), (srv.Port, srv.Target.Value));
        Assert.Equal(IPAddress.Parse("10.96.3.4"), Assert.Single(answer.Additionals.ARecords()).Address);
        Assert.Equal(53, Assert.Single((await AskAsync("_dns._udp.web.default.svc.cluster.local", QueryType.SRV)).Answers.SrvRecords()).Port);
    }

    [Fact]
    public async Task Query_HeadlessPort_NamesEveryReadyEndpoint()
    {
        var answer = await AskAsync("_sql._tcp.db.default.svc.cluster.local", QueryType.SRV);
        Assert.Equal(
            [(5432, "10-244-0-6.db.default.svc.cluster.local."), (5432, "db-0.db.default.svc.cluster.local.")],
            answer.Answers.SrvRecords().Select(s => ((int)s.Port, s.Target.Value)).OrderBy(s => s.Value, StringComparer.Ordinal));
        Assert.Equal(2, answer.Additionals.ARecords().Count());
    }

    [Theory]
    [InlineData("10.96.3.4", "web.default.svc.cluster.local.")]
    [InlineData("10.244.0.5", "db-0.db.default.svc.cluster.local.")]
    [InlineData("10.244.0.6", "10-244-0-6.db.default.svc.cluster.local.")]
    public async Task Query_Reverse_NamesServiceOrEndpoint(string address, string name) =>
        Assert.Equal(name, Assert.Single((await cluster.Client.QueryReverseAsync(IPAddress.Parse(address))).Answers.PtrRecords()).PtrDomainName.Value);

    [Fact]
    public async Task Query_ExternalName_AliasComesFirst()
    {
        var answer = await AskAsync("away.default.svc.cluster.local", QueryType.A);
        Assert.Equal("example.com.", Assert.Single(answer.Answers.CnameRecords()).CanonicalName.Value);
        Assert.IsType<CNameRecord>(answer.Answers[0]);
        Assert.Equal(DnsHeaderResponseCode.NotExistentDomain, (await AskAsync("lost.default.svc.cluster.local", QueryType.A)).Header.ResponseCode);
    }

    [Fact]
    public async Task Query_Version_IsThatOfTheSpecification() =>
        Assert.Equal("1.1.0", Assert.Single(Assert.Single((await AskAsync("dns-version.cluster.local", QueryType.TXT)).Answers.TxtRecords()).Text));

    [Fact]
    public async Task Query_ApexSoa_Answers() => Assert.Single((await AskAsync("cluster.local", QueryType.SOA)).Answers.OfType<SoaRecord>());

    [Fact]
    public async Task Query_OutsideTwice_UpstreamIsAskedOnce()
    {
        await AskAsync("example.com", QueryType.A);
        var before = cluster.Upstream.Queries;
        var again = Assert.Single((await AskAsync("example.com", QueryType.A)).Answers.ARecords());
        Assert.Equal(before, cluster.Upstream.Queries);
        Assert.InRange(again.InitialTimeToLive, 270, 300);
    }

    [Fact]
    public async Task Query_OutsideNameThatIsNot_NameError() =>
        Assert.Equal(DnsHeaderResponseCode.NotExistentDomain, (await AskAsync("none.example.com", QueryType.A)).Header.ResponseCode);

    [Fact]
    public async Task Query_LargeAnswerFromUpstream_FetchedAndGivenOverTcp() =>
        Assert.Equal(200, (await AskAsync("large.example.com", QueryType.A)).Answers.ARecords().Count());

    [Fact]
    public async Task Health_UnknownPath_NotFound() => Assert.Equal(HttpStatusCode.NotFound, await cluster.StatusAsync("other"));

    private Task<IDnsQueryResponse> AskAsync(string name, QueryType type) => cluster.Client.QueryAsync(name, type);
}
