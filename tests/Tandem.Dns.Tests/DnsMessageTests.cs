using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Tandem.Dns.Tests;

public class DnsMessageTests
{
    [Property]
    public Property TryParse_WhatAResponseWrote_ReadsTheSameRecords() => Prop.ForAll(Generators.Records.ToArbitrary(), records =>
    {
        Assert.True(DnsQuery.TryParse(Packets.Query("api.yourcompany.com", ednsSize: 1232), out var query));
        var response = new DnsResponse();
        response.Begin(query, ushort.MaxValue);
        foreach (var (section, name, ttl, data) in records)
            Assert.True(response.Add(section, name, ttl, data));

        Assert.True(DnsMessage.TryParse(response.Finish().Span, out var message));
        Assert.Equal(records.Select(r => new DnsRecord(r.Section, r.Name, r.Ttl, r.Data)), message.Records);
        Assert.Equal("api.yourcompany.com.", message.Name.ToString());
        Assert.False(message.IsTruncated);
    });

    [Property]
    public Property TryParse_RecordsAtEveryLimit_IsWholeOrTruncatedAndNeverLonger() => Prop.ForAll(
        Generators.Records.ToArbitrary(), Gen.Choose(512, 1232).ToArbitrary(), (records, size) =>
    {
        Assert.True(DnsQuery.TryParse(Packets.Query("api.yourcompany.com", ednsSize: (ushort)size), out var query));
        var response = new DnsResponse();
        response.Begin(query, query.UdpSize);
        var fits = records.Select(r => response.Add(r.Section, r.Name, r.Ttl, r.Data)).ToList();
        var bytes = response.Finish();

        Assert.True(bytes.Length <= size);
        Assert.True(DnsMessage.TryParse(bytes.Span, out var message));
        Assert.Equal(fits.Count(f => f), message.Records.Count);
        Assert.Equal(records.Zip(fits).Any(p => !p.Second && p.First.Section != DnsSection.Additional), message.IsTruncated);
    });

    [Property(MaxTest = 2000)]
    public void TryParse_RandomBytes_NeverThrows(byte[] bytes)
    {
        DnsMessage.TryParse(bytes, out _);
        DnsQuery.Parse(bytes, out _);
    }

    [Property(MaxTest = 1000)]
    public Property TryParse_DamagedMessage_NeverThrows() => Prop.ForAll(
        Generators.Records.ToArbitrary(), Gen.Choose(0, 60_000).ToArbitrary(), Gen.Choose(0, 255).ToArbitrary(), (records, at, value) =>
    {
        DnsQuery.TryParse(Packets.Query("api.yourcompany.com", ednsSize: 1232), out var query);
        var response = new DnsResponse();
        response.Begin(query, ushort.MaxValue);
        foreach (var (section, name, ttl, data) in records)
            response.Add(section, name, ttl, data);
        var bytes = response.Finish().ToArray();
        bytes[at % bytes.Length] = (byte)value;

        // What is still accepted must be writable again: names within their limits, data of its type.
        if (DnsMessage.TryParse(bytes, out var message))
        {
            var again = new DnsResponse();
            again.Begin(query, ushort.MaxValue);
            foreach (var record in message.Records)
                again.Add(record.Section, record.Name, record.Ttl, record.Data);
            Assert.True(DnsMessage.TryParse(again.Finish().Span, out var second));
            Assert.Equal(message.Records, second.Records);
        }
    });

    [Theory]
    [InlineData(new byte[] { 0xC0, 12 })] // points at itself
    [InlineData(new byte[] { 0xC0, 40 })] // points forward
    [InlineData(new byte[] { 0xC0 })] // cut
    [InlineData(new byte[] { 1, (byte)'a', 0xC0, 12 })] // a loop with a label in it
    [InlineData(new byte[] { 0x40, 0 })] // reserved label type
    [InlineData(new byte[] { 63, 1, 2, 3 })] // label longer than the message
    public void TryParse_BadName_IsFalse(byte[] name)
    {
        byte[] message = [0, 1, 0x80, 0, 0, 1, 0, 0, 0, 0, 0, 0, .. name, 0, 1, 0, 1];

        Assert.False(DnsMessage.TryParse(message, out _));
    }
}
