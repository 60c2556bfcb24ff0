using System.Net;
using Microsoft.Extensions.Time.Testing;
using Tandem.ClusterDns.Forwarding;
using Tandem.Dns;

namespace Tandem.ClusterDns.Tests;

public sealed class AnswerCacheTests
{
    private static readonly AnswerCache.Key Asked = new(DnsName.Parse("Example.com"), DnsType.A, true, false);

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Find_SomeTimeLater_TtlHasGoneDownAndCaseIsTheNewQuestions()
    {
        var cache = new AnswerCache(_time);
        cache.Keep(Asked, Answer(20));
        _time.Advance(TimeSpan.FromSeconds(7));
        Assert.True(DnsMessage.TryParse(cache.Find(Asked with { Name = DnsName.Parse("eXAMPLE.com") }), out var message));
        Assert.Equal("eXAMPLE.com.", message.Name.ToString());
        Assert.Equal(13u, Assert.Single(message.Records).Ttl);
    }

    [Theory]
    [InlineData(20, 20)]
    [InlineData(3600, 30)]
    public void Find_AfterItsTime_Nothing(uint ttl, int seconds)
    {
        var cache = new AnswerCache(_time);
        cache.Keep(Asked, Answer(ttl));
        _time.Advance(TimeSpan.FromSeconds(seconds - 1));
        Assert.NotNull(cache.Find(Asked));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(cache.Find(Asked));
    }

    [Fact]
    public void Find_AskedWithoutEdns_NotTheAnswerWithIt()
    {
        var cache = new AnswerCache(_time);
        cache.Keep(Asked, Answer(20));
        Assert.Null(cache.Find(Asked with { Edns = false }));
    }

    private static byte[] Answer(uint ttl)
    {
        var query = UpstreamQuery.Build(1, Asked.Name, Asked.Type, Asked.Edns, Asked.DnssecOk);
        Assert.True(DnsQuery.TryParse(query, out var parsed));
        var response = new DnsResponse();
        response.Begin(parsed, 1232);
        response.Add(DnsSection.Answer, parsed.Name, ttl, DnsData.Of(IPAddress.Parse("192.0.2.1")));
        return response.Finish().ToArray();
    }
}
