using FsCheck.Xunit;
using Tandem.Kubernetes.Resources.Core;

namespace Tandem.Kubernetes.Tests.Resources;

public sealed class AmountTests
{
    [Theory]
    [InlineData("0.5", "500m")]
    [InlineData("1000m", "1")]
    [InlineData("1500m", "1500m")]
    [InlineData("1000", "1k")]
    [InlineData("1024", "1024")]
    [InlineData("1024Mi", "1Gi")]
    [InlineData("1536Mi", "1536Mi")]
    [InlineData("0.5Ki", "512")]
    [InlineData("1e3", "1e3")]
    [InlineData("12E", "12E")]
    [InlineData("0.1n", "1n")]
    [InlineData("0", "0")]
    [InlineData("-100m", "-100m")]
    public void ToString_EachNotation_IsCanonical(string text, string canonical) => Assert.Equal(canonical, Amount.Parse(text).ToString());

    [Theory]
    [InlineData("100m", "1Gi", "1073741824100m")]
    [InlineData("0", "1Gi", "1Gi")]
    [InlineData("512Mi", "512Mi", "1Gi")]
    public void Sum_TwoNotations_KeepsTheFirst(string a, string b, string sum) => Assert.Equal(sum, (Amount.Parse(a)!.Value + Amount.Parse(b)!.Value).ToString());

    [Property]
    public bool ToString_AnyAmount_ReadsBackAsItself(int value, bool binary)
    {
        var amount = new Amount(binary ? value : value / 1000m, binary ? AmountFormat.Binary : AmountFormat.Decimal);
        return Amount.Parse(amount.ToString())!.Value.Value == amount.Value;
    }
}
