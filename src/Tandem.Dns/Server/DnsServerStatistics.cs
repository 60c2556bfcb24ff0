namespace Tandem.Dns.Server;

/// <summary>What a server has done since it started; every count only grows.</summary>
public sealed class DnsServerStatistics
{
    private readonly long[] _byRcode = new long[17];
    private long _udp, _tcp, _malformed, _overload, _errors, _rateLimited, _slipped;

    /// <summary>Messages that came over UDP.</summary>
    public long UdpQueries => Interlocked.Read(ref _udp);

    /// <summary>Messages that came over TCP.</summary>
    public long TcpQueries => Interlocked.Read(ref _tcp);

    /// <summary>Messages that could not be read: dropped, or answered with FORMERR where their question could be.</summary>
    public long Malformed => Interlocked.Read(ref _malformed);

    /// <summary>Queries and connections dropped because too many were under way.</summary>
    public long Overload => Interlocked.Read(ref _overload);

    /// <summary>Answers that were not sent, since their network had got its share.</summary>
    public long RateLimited => Interlocked.Read(ref _rateLimited);

    /// <summary>Answers that were sent truncated, since their network had got its share.</summary>
    public long Slipped => Interlocked.Read(ref _slipped);

    /// <summary>Exceptions of handlers and sockets that the server survived.</summary>
    public long Errors => Interlocked.Read(ref _errors);

    /// <summary>Answers sent with this result.</summary>
    public long Answers(DnsRcode rcode) => Interlocked.Read(ref _byRcode[Index(rcode)]);

    internal void CountUdp(int count) => Interlocked.Add(ref _udp, count);

    internal void CountTcp() => Interlocked.Increment(ref _tcp);

    internal void CountMalformed() => Interlocked.Increment(ref _malformed);

    internal void CountOverload() => Interlocked.Increment(ref _overload);

    internal void CountRateLimited() => Interlocked.Increment(ref _rateLimited);

    internal void CountSlipped() => Interlocked.Increment(ref _slipped);

    internal void CountError() => Interlocked.Increment(ref _errors);

    internal void CountAnswer(DnsRcode rcode) => Interlocked.Increment(ref _byRcode[Index(rcode)]);

    private static int Index(DnsRcode rcode) => Math.Min((int)rcode, 16);
}
