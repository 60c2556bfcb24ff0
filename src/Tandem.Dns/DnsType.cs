namespace Tandem.Dns;

/// <summary>The record and query types this library knows by name; others pass through as numbers.</summary>
/// <remarks><see href="https://www.iana.org/assignments/dns-parameters">IANA DNS parameters</see>.</remarks>
public enum DnsType : ushort
{
    /// <summary>An IPv4 address, RFC 1035 §3.4.1.</summary>
    A = 1,

    /// <summary>A name server of the zone, RFC 1035 §3.3.11.</summary>
    NS = 2,

    /// <summary>An alias, RFC 1035 §3.3.1.</summary>
    CNAME = 5,

    /// <summary>The start of a zone, RFC 1035 §3.3.13.</summary>
    SOA = 6,

    /// <summary>A pointer to a name, RFC 1035 §3.3.12.</summary>
    PTR = 12,

    /// <summary>Text, RFC 1035 §3.3.14.</summary>
    TXT = 16,

    /// <summary>An IPv6 address, RFC 3596.</summary>
    AAAA = 28,

    /// <summary>A service's host and port, RFC 2782.</summary>
    SRV = 33,

    /// <summary>The EDNS(0) pseudo record, RFC 6891.</summary>
    OPT = 41,

    /// <summary>In a question: any type, RFC 8482.</summary>
    ANY = 255,
}
