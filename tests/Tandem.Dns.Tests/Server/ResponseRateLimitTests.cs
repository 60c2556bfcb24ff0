using System.Net;
using Microsoft.Extensions.Time.Testing;
using Tandem.Dns.Server;

namespace Tandem.Dns.Tests.Server;

public class ResponseRateLimitTests
{
    private static readonly DnsName Name = DnsName.Parse("api.example.com");

    private readonly FakeTimeProvider _time = new();
    private readonly ResponseRateLimit _limit;

    public ResponseRateLimitTests() => _limit = new ResponseRateLimit(10, _time);

    [Fact]
    public void Decide_BeyondTheRate_DropsAndSlipsInTurnUntilTimePasses()
    {
        Assert.All(Take(10), d => Assert.Equal(RateDecision.Send, d));
        Assert.Equal([RateDecision.Drop, RateDecision.Slip, RateDecision.Drop, RateDecision.Slip], Take(4));

        _time.Advance(TimeSpan.FromMilliseconds(310));

        Assert.Equal(3, Take(10).Count(d => d == RateDecision.Send));
    }

    [Fact]
    public void Decide_LongSilence_SavesUpOneSecondOnly()
    {
        Take(20);
        _time.Advance(TimeSpan.FromHours(1));

        Assert.Equal(10, Take(30).Count(d => d == RateDecision.Send));
    }

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.200", true)]
    [InlineData("192.0.2.1", "192.0.3.1", false)]
    [InlineData("2001:db8:0:100::1", "2001:db8:0:1ff::1", true)]
    [InlineData("2001:db8:0:100::1", "2001:db8:0:200::1", false)]
    public void Decide_AnotherAddress_SharesTheBudgetOfItsNetwork(string one, string other, bool shared)
    {
        Take(10, one);

        Assert.Equal(shared ? RateDecision.Drop : RateDecision.Send, Take(1, other)[0]);
    }

    [Fact]
    public void Decide_NamesThatDoNotExist_ShareOneBudget()
    {
        var decisions = Enumerable.Range(0, 20).Select(i => Decide("192.0.2.1", DnsRcode.NxDomain, DnsName.Parse($"x{i}.example.com"))).ToList();

        Assert.Equal(10, decisions.Count(d => d == RateDecision.Send));
        Assert.Equal(RateDecision.Send, Decide("192.0.2.1", DnsRcode.NoError, Name));
    }

    [Fact]
    public void Decide_MoreNetworksThanThereIsRoomFor_StillLimitsTheLoudest()
    {
        for (var i = 0; i < 100_000; i++)
            Decide(new IPAddress([10, (byte)(i >> 16), (byte)(i >> 8), (byte)i]).ToString(), DnsRcode.NoError, Name);

        Assert.Equal(10, Take(100).Count(d => d == RateDecision.Send));
    }

    [Fact]
    public void Decide_NoLimit_Sends()
    {
        var limit = new ResponseRateLimit(0, _time);

        Assert.All(Enumerable.Range(0, 1000), _ => Assert.Equal(RateDecision.Send, limit.Decide([192, 0, 2, 1], DnsRcode.NoError, Name)));
    }

    private List<RateDecision> Take(int count, string client = "198.51.100.1") =>
        [.. Enumerable.Range(0, count).Select(_ => Decide(client, DnsRcode.NoError, Name))];

    private RateDecision Decide(string client, DnsRcode rcode, DnsName name)
    {
        _limit.Tick();
        return _limit.Decide(IPAddress.Parse(client).GetAddressBytes(), rcode, name);
    }
}
