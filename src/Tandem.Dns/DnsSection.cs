namespace Tandem.Dns;

/// <summary>The three sections of records in a response, in the order in which they must be written.</summary>
public enum DnsSection
{
    /// <summary>Records that answer the question.</summary>
    Answer,

    /// <summary>The authority: SOA with a negative answer, NS with a referral.</summary>
    Authority,

    /// <summary>Records that save the client another query.</summary>
    Additional,
}
