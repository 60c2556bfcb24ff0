namespace Tandem.Dns.Tests;

public class DnsQueryTests
{
    [Fact]
    public void Parse_PlainQuery_ReadsItsQuestion()
    {
        Assert.Equal(DnsQueryStatus.Ok, DnsQuery.Parse(Packets.Query("aPi.YourCompany.com", 28), out var query));

        Assert.Equal(0x1234, query.Id);
        Assert.Equal("aPi.YourCompany.com.", query.Name.ToString());
        Assert.Equal(DnsType.AAAA, query.Type);
        Assert.True(query.RecursionDesired);
        Assert.False(query.HasEdns);
        Assert.Equal(512, query.UdpSize);
    }

    [Theory]
    [InlineData(100, 512)]
    [InlineData(1000, 1000)]
    [InlineData(4096, 1232)]
    public void Parse_Edns_BoundsTheSize(ushort asked, int size)
    {
        Assert.True(DnsQuery.TryParse(Packets.Query("a.b", ednsSize: asked), out var query));

        Assert.True(query.HasEdns);
        Assert.True(query.DnssecOk);
        Assert.Equal(size, query.UdpSize);
    }

    public static TheoryData<byte[], DnsQueryStatus> Bad => new()
    {
        { [], DnsQueryStatus.Dropped },
        { Packets.Query("a.b")[..11], DnsQueryStatus.Dropped },
        { Packets.Query("a.b", flags: 0x8100), DnsQueryStatus.Dropped },
        { Packets.Query("a.b", flags: 0x2800), DnsQueryStatus.NotImp },
        { Packets.Query("a.b")[..15], DnsQueryStatus.Dropped },
        { [.. Packets.Query("a.b"), 0], DnsQueryStatus.FormErr },
        { [0, 1, 1, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 1, 0, 1], DnsQueryStatus.FormErr },
        { [0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0], DnsQueryStatus.FormErr },
        { [0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xC0, 12, 0, 1, 0, 1], DnsQueryStatus.Dropped },
        { Packets.Query("a.b", ednsSize: 1232, ednsVersion: 1), DnsQueryStatus.BadVers },
        { Packets.Query("a.b", ednsSize: 1232)[..^1], DnsQueryStatus.FormErr },
        { Edns("\0\0\u0029\u0010\0\0\0\0\0\0\0\0\0\u0029\u0010\0\0\0\0\0\0\0", 2), DnsQueryStatus.FormErr },
    };

    [Theory]
    [InlineData(0, false)]
    [InlineData(7, false)]
    [InlineData(8, true)]
    [InlineData(15, false)]
    [InlineData(16, true)]
    [InlineData(40, true)]
    [InlineData(41, false)]
    public void Parse_Cookie_HasALengthOfTheRfc(byte length, bool valid)
    {
        var cookie = Enumerable.Range(1, length).Select(i => (byte)i).ToArray();

        Assert.Equal(valid ? DnsQueryStatus.Ok : DnsQueryStatus.FormErr, DnsQuery.Parse(Packets.WithOptions("a.b", [0, 3, 0, 1, 9, 0, 10, 0, length, .. cookie]), out var query));
        if (valid)
            Assert.Equal(cookie, query.Cookie.ToArray());
    }

    [Theory]
    [InlineData(new byte[] { 0, 10, 0, 9, 1, 2, 3, 4, 5, 6, 7, 8 })]
    [InlineData(new byte[] { 0, 3, 0 })]
    public void Parse_OptionsThatDoNotFit_AreAFormErr(byte[] options) =>
        Assert.Equal(DnsQueryStatus.FormErr, DnsQuery.Parse(Packets.WithOptions("a.b", options), out _));

    [Theory]
    [MemberData(nameof(Bad))]
    public void Parse_BadMessage_SaysWhatToDo(byte[] message, DnsQueryStatus status) =>
        Assert.Equal(status, DnsQuery.Parse(message, out _));

    private static byte[] Edns(string records, byte count)
    {
        byte[] message = [.. Packets.Query("a.b"), .. records.Select(c => (byte)c)];
        message[11] = count;
        return message;
    }
}
