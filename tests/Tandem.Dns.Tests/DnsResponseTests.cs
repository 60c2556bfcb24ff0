using System.Net;

namespace Tandem.Dns.Tests;

public class DnsResponseTests
{
    private readonly DnsResponse _response = new();

    [Fact]
    public void Finish_QuestionInMixedCase_EchoesItByteForByte()
    {
        var packet = Packets.Query("aPi.YourCOMPANY.com");
        DnsQuery.TryParse(packet, out var query);
        _response.Begin(query, 512);
        _response.Add(DnsSection.Answer, DnsName.Parse("api.yourcompany.com"), 30, DnsData.Of(IPAddress.Loopback));
        var bytes = _response.Finish().Span;

        Assert.Equal(packet[12..], bytes[12..packet.Length].ToArray());
        // The owner is one pointer to the question, and so in the client's case.
        Assert.Equal([0xC0, 12], bytes.Slice(packet.Length, 2).ToArray());
        Assert.Equal(packet.Length + 16, bytes.Length);
    }

    [Fact]
    public void Add_SrvRecord_WritesItsTargetUncompressed()
    {
        DnsQuery.TryParse(Packets.Query("a.example.com", 33), out var query);
        _response.Begin(query, 512);
        _response.Add(DnsSection.Answer, query.Name, 5, new SrvData(0, 0, 80, DnsName.Parse("b.example.com")));

        Assert.Equal(DnsName.Parse("b.example.com").Wire.ToArray(), _response.Finish().Span[^15..].ToArray());
    }

    [Fact]
    public void Finish_BadVersion_HasItsUpperBitsInOpt()
    {
        DnsQuery.Parse(Packets.Query("a.b", ednsSize: 1232, ednsVersion: 1), out var query);
        _response.Begin(query, query.UdpSize);
        _response.Rcode = DnsRcode.BadVers;

        Assert.True(DnsMessage.TryParse(_response.Finish().Span, out var message));
        Assert.Equal(DnsRcode.BadVers, message.Rcode);
    }

    [Fact]
    public void Add_EarlierSection_Throws()
    {
        DnsQuery.TryParse(Packets.Query("a.b"), out var query);
        _response.Begin(query, 512);
        _response.Add(DnsSection.Authority, query.Name, 1, DnsData.Of(IPAddress.Loopback));

        Assert.Throws<InvalidOperationException>(
            () => _response.Add(DnsSection.Answer, DnsName.Root, 1, DnsData.Of(IPAddress.Loopback)));
    }

    [Fact]
    public void Relay_OtherServersMessage_TakesTheQuerysId()
    {
        byte[] upstream = [.. Packets.Query("a.b", flags: 0x8183)];
        upstream[0] = 0xFF;
        DnsQuery.TryParse(Packets.Query("a.b"), out var query);
        _response.Begin(query, 512);
        _response.Relay(upstream);
        var bytes = _response.Finish().ToArray();

        Assert.Equal(DnsRcode.NxDomain, _response.Rcode);
        Assert.Equal([0x12, 0x34, .. upstream[2..]], bytes);
    }

    [Fact]
    public void Relay_MessageOverTheLimit_IsTruncatedToItsQuestion()
    {
        DnsQuery.TryParse(Packets.Query("a.b"), out var query);
        _response.Begin(query, 512);
        _response.Relay([.. Packets.Query("a.b", flags: 0x8180), .. new byte[600]]);

        Assert.True(DnsMessage.TryParse(_response.Finish().Span, out var message));
        Assert.True(message.IsTruncated);
        Assert.Empty(message.Records);
    }
}
