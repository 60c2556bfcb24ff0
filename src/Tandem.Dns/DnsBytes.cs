namespace Tandem.Dns;

/// <summary>
/// Comparison of wire names without regard to ASCII case. Lengths are at most 63 and so never mistaken for letters
/// (65 and up); bytes above 127 are compared as they are.
/// </summary>
internal static class DnsBytes
{
    public static bool EqualIgnoreCase(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        if (left.Length != right.Length)
            return false;
        for (var i = 0; i < left.Length; i++)
        {
            if (left[i] != right[i] && Lower(left[i]) != Lower(right[i]))
                return false;
        }

        return true;
    }

    public static int HashIgnoreCase(ReadOnlySpan<byte> bytes)
    {
        // FNV-1a: tables hold names from the configuration, never from queries, so nobody can choose collisions.
        var hash = 2166136261;
        foreach (var b in bytes)
            hash = (hash ^ Lower(b)) * 16777619;
        return (int)hash;
    }

    public static byte Lower(byte b) => b is >= (byte)'A' and <= (byte)'Z' ? (byte)(b | 0x20) : b;
}
