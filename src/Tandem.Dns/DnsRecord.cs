namespace Tandem.Dns;

/// <summary>A record as read from a message.</summary>
/// <param name="Section">Where it stood.</param>
/// <param name="Name">Whose it is.</param>
/// <param name="Ttl">How long it may be kept, in seconds; values with the top bit set count as 0 (RFC 2181 §8).</param>
/// <param name="Data">What it says.</param>
public sealed record DnsRecord(DnsSection Section, DnsName Name, uint Ttl, DnsData Data);
