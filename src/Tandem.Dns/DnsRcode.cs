namespace Tandem.Dns;

/// <summary>The result of a query, RFC 1035 §4.1.1 and RFC 6891 §9.</summary>
public enum DnsRcode : ushort
{
    /// <summary>No error; without answers it means that the name exists but not this type (NODATA, RFC 2308).</summary>
    NoError = 0,

    /// <summary>The query could not be read.</summary>
    FormErr = 1,

    /// <summary>The server failed.</summary>
    ServFail = 2,

    /// <summary>The name does not exist.</summary>
    NxDomain = 3,

    /// <summary>The kind of query is not served.</summary>
    NotImp = 4,

    /// <summary>The server does not answer for this name.</summary>
    Refused = 5,

    /// <summary>An EDNS version other than 0; needs an OPT record, since it is longer than four bits.</summary>
    BadVers = 16,
}
