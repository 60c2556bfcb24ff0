using System.Net;
using Tandem.Dns;

namespace Tandem.ClusterDns.Records;

/// <summary>Names below in-addr.arpa (RFC 1035 §3.5).</summary>
internal static class ReverseNames
{
    public static DnsName Of(IPAddress address) => Name(address.GetAddressBytes());

    /// <summary>The zone of a range, at the byte's boundary at or above its prefix.</summary>
    public static DnsName Zone(IPNetwork range) => Name(range.BaseAddress.GetAddressBytes()[..(range.PrefixLength / 8)]);

    private static DnsName Name(byte[] bytes) => DnsName.Parse(string.Concat(bytes.Reverse().Select(b => $"{b}.")) + "in-addr.arpa.");
}
