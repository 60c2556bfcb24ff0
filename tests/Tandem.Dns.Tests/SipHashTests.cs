namespace Tandem.Dns.Tests;

public class SipHashTests
{
    /// <summary>The example of the paper's appendix A, and the first entry of its authors' test vectors.</summary>
    [Theory]
    [InlineData(15, 0xa129ca6149be45e5)]
    [InlineData(0, 0x726fdb47dd0e0e31)]
    public void Compute_TestVectorsOfItsAuthors_AreMet(int length, ulong expected) => Assert.Equal(
        expected,
        SipHash.Compute(0x0706050403020100, 0x0f0e0d0c0b0a0908, [.. Enumerable.Range(0, length).Select(i => (byte)i)]));
}
