namespace Tandem.Dns;

/// <summary>What can be done with a message that came in.</summary>
public enum DnsQueryStatus
{
    /// <summary>A query that can be answered.</summary>
    Ok,

    /// <summary>Too short, without a question that can be read, or itself a response: answering could start a loop, so it is not answered.</summary>
    Dropped,

    /// <summary>Not one question (RFC 9619), or a mistake after it: to be answered with FORMERR.</summary>
    FormErr,

    /// <summary>An opcode other than QUERY: to be answered with NOTIMP.</summary>
    NotImp,

    /// <summary>An EDNS version other than 0: to be answered with BADVERS.</summary>
    BadVers,
}
