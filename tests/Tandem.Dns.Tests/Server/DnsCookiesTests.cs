using System.Net;
using FsCheck.Xunit;
using Microsoft.Extensions.Time.Testing;
using Tandem.Dns.Server;

namespace Tandem.Dns.Tests.Server;

public class DnsCookiesTests
{
    private static readonly byte[] Client = IPAddress.Parse("198.51.100.100").GetAddressBytes();

    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeSeconds(1559731985));

    /// <summary>RFC 9018, appendix A.1.</summary>
    [Fact]
    public void Write_ExampleOfTheRfc_GivesItsCookie()
    {
        var cookies = new DnsCookies(_time, Convert.FromHexString("e5e973e5a6b2a43f48e7dc849e37bfcf"));
        var cookie = new byte[DnsCookies.Size];

        cookies.Write(Convert.FromHexString("2464c4abcf10c957"), Client, cookie);

        Assert.Equal("2464C4ABCF10C957010000005CF79F111F8130C3EEE29480", Convert.ToHexString(cookie));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(3600, true)]
    [InlineData(3601, false)]
    public void IsValid_WithAge_IsBounded(int seconds, bool valid)
    {
        var cookies = new DnsCookies(_time);
        var cookie = new byte[DnsCookies.Size];
        cookies.Write([1, 2, 3, 4, 5, 6, 7, 8], Client, cookie);

        _time.Advance(TimeSpan.FromSeconds(seconds));

        Assert.Equal(valid, cookies.IsValid(cookie, Client));
    }

    [Property]
    public bool IsValid_AnyBitOrAddressChanged_IsFalse(byte position, byte change, uint address)
    {
        var cookies = new DnsCookies(_time);
        var cookie = new byte[DnsCookies.Size];
        cookies.Write([1, 2, 3, 4, 5, 6, 7, 8], Client, cookie);
        byte[] forged = [.. cookie];
        forged[position % forged.Length] ^= (byte)(change | 1);
        var other = BitConverter.GetBytes(address);

        return cookies.IsValid(cookie, Client) && !cookies.IsValid(forged, Client) && (other.SequenceEqual(Client) || !cookies.IsValid(cookie, other));
    }
}
