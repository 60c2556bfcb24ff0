using System.Buffers.Binary;
using Tandem.Dns.Server;

namespace Tandem.Dns;

/// <summary>
/// An answer being written: the question is echoed as it came (its case too), names are compressed, EDNS is answered with
/// EDNS, and what does not fit sets TC. Reusable: <see cref="Begin"/> starts the next one in the same buffer.
/// </summary>
public sealed class DnsResponse
{
    /// <summary>Root name, type, size, extended flags and an empty list of options.</summary>
    private const int OptSize = 11;

    private readonly DnsWriter _writer = new();
    private readonly ushort[] _counts = new ushort[3];
    private DnsSection _section;
    private DnsQuery _query;
    private int _limit;
    private bool _truncated;
    private bool _relayed;
    private readonly byte[] _cookie = new byte[DnsCookies.Size];
    private bool _hasCookie;

    /// <summary>The result; NOERROR until set.</summary>
    public DnsRcode Rcode { get; set; }

    /// <summary>Whether this server is an authority for the name (AA).</summary>
    public bool Authoritative { get; set; }

    /// <summary>Whether this server asks others on behalf of clients (RA).</summary>
    public bool RecursionAvailable { get; set; }

    /// <summary>Starts the answer to a query.</summary>
    /// <param name="query">What is answered.</param>
    /// <param name="limit">The largest message in bytes: the query's UdpSize over UDP, 65535 over TCP.</param>
    public void Begin(in DnsQuery query, int limit)
    {
        _query = query;
        (_hasCookie, CookieProven) = (false, false);
        Restart(limit);
    }

    private void Restart(int limit)
    {
        _limit = limit;
        _writer.Reset();
        _writer.Limit = limit - OptLength;
        (_section, _truncated, _relayed) = (DnsSection.Answer, false, false);
        (Rcode, Authoritative, RecursionAvailable) = (DnsRcode.NoError, false, false);
        Array.Clear(_counts);
        Span<byte> header = stackalloc byte[DnsHeader.Size];
        header.Clear();
        _writer.TryWriteBytes(header);
        if (_query.Question.IsEmpty)
            return;

        // Through the name, so that later names can point into the question.
        _writer.TryWriteName(_query.Name, compress: false);
        _writer.TryWriteBytes(_query.Question.Span[^4..]);
    }

    /// <summary>Adds a record of the Internet class.</summary>
    /// <param name="section">Where; sections must come in order.</param>
    /// <param name="name">Whose record it is.</param>
    /// <param name="ttl">How long it may be kept, in seconds, 0 to 2147483647 (RFC 2181 §8).</param>
    /// <param name="data">What it says.</param>
    /// <returns>False where it did not fit: the answer is then marked truncated, unless it was only an additional record.</returns>
    /// <exception cref="InvalidOperationException">A later section was already begun.</exception>
    public bool Add(DnsSection section, DnsName name, uint ttl, DnsData data)
    {
        if (section < _section)
            throw new InvalidOperationException($"A record of the section {section} cannot follow one of {_section}.");
        if (_truncated)
            return false;

        _section = section;
        var start = _writer.Length;
        if (TryWrite(name, ttl, data))
        {
            _counts[(int)section]++;
            return true;
        }

        _writer.Rewind(start);
        _truncated = section != DnsSection.Additional;
        return false;
    }

    /// <summary>Answers with the message of another server: its identifier becomes the query's.</summary>
    /// <param name="message">A whole response to the same question.</param>
    /// <remarks>One that does not fit is cut to its header and question, marked truncated, so that the client asks again over TCP.</remarks>
    /// <exception cref="ArgumentException">The message is shorter than a header or is not a response.</exception>
    public void Relay(ReadOnlySpan<byte> message)
    {
        if (message.Length < DnsHeader.Size || (message[2] & 0x80) == 0)
            throw new ArgumentException("Not a DNS response.", nameof(message));
        var flags = BinaryPrimitives.ReadUInt16BigEndian(message[2..]);
        Rcode = (DnsRcode)(flags & DnsHeader.RcodeMask);
        if (message.Length > _limit)
        {
            RecursionAvailable = (flags & DnsHeader.RecursionAvailable) != 0;
            _truncated = true;
            return;
        }

        _relayed = true;
        _writer.Reset();
        _writer.Limit = _limit;
        _writer.TryWriteBytes(message);
        _writer.SetUInt16(0, _query.Id);
    }

    /// <summary>Drops the records that were added, for an answer that turned out to be an error.</summary>
    public void Fail(DnsRcode rcode)
    {
        Restart(_limit);
        Rcode = rcode;
    }

    /// <summary>Whether the client showed a cookie that proves its address.</summary>
    internal bool CookieProven { get; private set; }

    /// <summary>The name asked for.</summary>
    internal DnsName Name => _query.Name;

    /// <summary>Answers the query's cookie with one of this server; before any record is added.</summary>
    internal void AddCookie(DnsCookies cookies, ReadOnlySpan<byte> client)
    {
        CookieProven = cookies.IsValid(_query.Cookie.Span, client);
        cookies.Write(_query.Cookie.Span, client, _cookie);
        _hasCookie = true;
        _writer.Limit = _limit - OptLength;
    }

    /// <summary>Leaves nothing but the question, marked truncated, so that the client asks again over TCP.</summary>
    internal void Truncate()
    {
        var (rcode, authoritative) = (Rcode, Authoritative);
        Restart(_limit);
        (Rcode, Authoritative, _truncated) = (rcode, authoritative, true);
    }

    /// <summary>Completes the message.</summary>
    /// <returns>The message, valid until the next <see cref="Begin"/>.</returns>
    public ReadOnlyMemory<byte> Finish()
    {
        if (_relayed)
            return _writer.Written;

        _writer.Limit = _limit;
        if (_query.HasEdns)
            WriteOpt();
        var flags = DnsHeader.Response
            | (_query.Flags & (DnsHeader.OpcodeMask | DnsHeader.RecursionDesired | DnsHeader.CheckingDisabled))
            | (Authoritative ? DnsHeader.Authoritative : 0)
            | (_truncated ? DnsHeader.Truncated : 0)
            | (RecursionAvailable ? DnsHeader.RecursionAvailable : 0)
            | ((ushort)Rcode & DnsHeader.RcodeMask);
        _writer.SetUInt16(0, _query.Id);
        _writer.SetUInt16(2, (ushort)flags);
        _writer.SetUInt16(4, (ushort)(_query.Question.IsEmpty ? 0 : 1));
        _writer.SetUInt16(6, _counts[0]);
        _writer.SetUInt16(8, _counts[1]);
        _writer.SetUInt16(10, (ushort)(_counts[2] + (_query.HasEdns ? 1 : 0)));
        return _writer.Written;
    }

    private bool TryWrite(DnsName name, uint ttl, DnsData data)
    {
        if (!_writer.TryWriteName(name, compress: true) || !_writer.TryWriteUInt16((ushort)data.Type)
            || !_writer.TryWriteUInt16(DnsHeader.ClassIn) || !_writer.TryWriteUInt32(ttl & int.MaxValue)
            || !_writer.TryWriteUInt16(0))
            return false;
        var start = _writer.Length;
        if (!data.TryWrite(_writer))
            return false;
        _writer.SetUInt16(start - 2, (ushort)(_writer.Length - start));
        return true;
    }

    private void WriteOpt()
    {
        _writer.TryWriteBytes([0]);
        _writer.TryWriteUInt16((ushort)DnsType.OPT);
        _writer.TryWriteUInt16(DnsQuery.MaxUdpSize);
        _writer.TryWriteUInt32((uint)((ushort)Rcode >> 4) << 24 | (_query.DnssecOk ? 0x8000u : 0));
        _writer.TryWriteUInt16((ushort)(OptLength - OptSize));
        if (!_hasCookie)
            return;
        _writer.TryWriteUInt16(DnsQuery.CookieOption);
        _writer.TryWriteUInt16(DnsCookies.Size);
        _writer.TryWriteBytes(_cookie);
    }

    /// <summary>What the OPT record takes in bytes.</summary>
    private int OptLength => !_query.HasEdns ? 0 : _hasCookie ? OptSize + 4 + DnsCookies.Size : OptSize;
}
