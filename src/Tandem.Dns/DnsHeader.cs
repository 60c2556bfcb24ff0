namespace Tandem.Dns;

/// <summary>
/// The flags of a message, RFC 1035 §4.1.1:
/// <code>
///   0  1 2 3 4  5  6  7  8  9 10 11 12..15
///  QR  OPCODE  AA TC RD RA  Z AD CD RCODE
/// </code>
/// </summary>
internal static class DnsHeader
{
    public const int Size = 12;
    public const ushort Response = 0x8000;
    public const ushort OpcodeMask = 0x7800;
    public const ushort Authoritative = 0x0400;
    public const ushort Truncated = 0x0200;
    public const ushort RecursionDesired = 0x0100;
    public const ushort RecursionAvailable = 0x0080;
    public const ushort CheckingDisabled = 0x0010;
    public const ushort RcodeMask = 0x000F;

    /// <summary>The Internet class.</summary>
    public const ushort ClassIn = 1;
}
