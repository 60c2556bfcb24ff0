using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Tandem.Dns.Tests;

public class DnsNameTests
{
    [Theory]
    [InlineData("a..b")]
    [InlineData(".a")]
    [InlineData("")]
    [InlineData("a\\")]
    [InlineData("a\\99")]
    [InlineData("a\\999")]
    [InlineData("ä.example")]
    public void TryParse_NotAName_IsFalse(string text) => Assert.False(DnsName.TryParse(text, out _));

    [Fact]
    public void TryParse_LengthsAtAndOverTheLimits_AcceptsOnlyTheFormer()
    {
        var label = new string('a', 63);
        var longest = $"{label}.{label}.{label}.{new string('b', 61)}";

        Assert.True(DnsName.TryParse(longest, out var name));
        Assert.Equal(255, name.Wire.Length);
        Assert.True(DnsName.TryParse(longest + ".", out _));
        Assert.False(DnsName.TryParse(longest + "b", out _));
        Assert.False(DnsName.TryParse(longest + ".b", out _));
        Assert.False(DnsName.TryParse(label + "a", out _));
    }

    [Theory]
    [InlineData("API.yourCompany.com", "api.yourcompany.com.", true)]
    [InlineData("api.yourcompany.com", "bpi.yourcompany.com", false)]
    [InlineData("a@.com", "a`.com", false)]
    public void Equals_OfTwoNames_IgnoresAsciiCaseOnly(string left, string right, bool equal)
    {
        var (a, b) = (DnsName.Parse(left), DnsName.Parse(right));

        Assert.Equal(equal, a == b);
        Assert.True(!equal || a.GetHashCode() == b.GetHashCode());
    }

    [Theory]
    [InlineData("api.yourcompany.com", "YourCompany.com", true)]
    [InlineData("yourcompany.com", "yourcompany.com", true)]
    [InlineData("notyourcompany.com", "yourcompany.com", false)]
    [InlineData("com", "yourcompany.com", false)]
    [InlineData("a.b", ".", true)]
    public void IsWithin_Zone_RespectsLabels(string name, string zone, bool within) =>
        Assert.Equal(within, DnsName.Parse(name).IsWithin(DnsName.Parse(zone)));

    [Property]
    public Property ToString_OfAnyLabels_ParsesBackToTheSameBytes() => Prop.ForAll(Generators.Names.ToArbitrary(), name =>
        DnsName.Parse(name.ToString()).Wire.SequenceEqual(name.Wire));
}
