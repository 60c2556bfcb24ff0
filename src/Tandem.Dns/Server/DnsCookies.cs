using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Tandem.Dns.Server;

/// <summary>
/// DNS cookies (RFC 7873) as RFC 9018 makes them: a client that shows the one it was given has received an answer at its
/// address, so that address is not forged.
/// <code>
///   0        8         9          12          16       24
///   | client | version | reserved | timestamp | hash   |     hash = SipHash-2-4(the first 16 bytes, client address)
/// </code>
/// The secret is new with each start: older cookies then count as none, and are replaced with the next answer.
/// </summary>
/// <param name="time">The clock; its wall time goes into the cookies.</param>
/// <param name="secret">16 bytes.</param>
internal sealed class DnsCookies(TimeProvider time, ReadOnlySpan<byte> secret)
{
    /// <summary>The client's part in bytes; a query that has no more asks for a cookie.</summary>
    public const int ClientSize = 8;

    /// <summary>The whole cookie in bytes.</summary>
    public const int Size = 24;

    private const int HashStart = 16;
    private const int MaxAge = 3600;
    private const int MaxAhead = 300;

    private readonly ulong _k0 = BinaryPrimitives.ReadUInt64LittleEndian(secret);
    private readonly ulong _k1 = BinaryPrimitives.ReadUInt64LittleEndian(secret[8..]);

    /// <summary>With a secret that nobody knows.</summary>
    public DnsCookies(TimeProvider time)
        : this(time, RandomNumberGenerator.GetBytes(16))
    {
    }

    /// <summary>Whether a cookie is one that this server gave to this address, within the last hour.</summary>
    public bool IsValid(ReadOnlySpan<byte> cookie, ReadOnlySpan<byte> client)
    {
        if (cookie.Length != Size || cookie[ClientSize] != 1)
            return false;
        var age = (int)(Now() - BinaryPrimitives.ReadUInt32BigEndian(cookie[12..]));
        return age is <= MaxAge and >= -MaxAhead && Hash(cookie, client) == BinaryPrimitives.ReadUInt64LittleEndian(cookie[HashStart..]);
    }

    /// <summary>Makes a cookie.</summary>
    /// <param name="asked">What the query had, at least the client's part.</param>
    /// <param name="client">The client's address, 4 or 16 bytes.</param>
    /// <param name="cookie">The place for it, <see cref="Size"/> bytes.</param>
    public void Write(ReadOnlySpan<byte> asked, ReadOnlySpan<byte> client, Span<byte> cookie)
    {
        asked[..ClientSize].CopyTo(cookie);
        BinaryPrimitives.WriteUInt32BigEndian(cookie[ClientSize..], 1u << 24);
        BinaryPrimitives.WriteUInt32BigEndian(cookie[12..], Now());
        BinaryPrimitives.WriteUInt64LittleEndian(cookie[HashStart..], Hash(cookie, client));
    }

    /// <summary>Serial numbers of seconds, which may pass the end of 32 bits (RFC 1982).</summary>
    private uint Now() => (uint)time.GetUtcNow().ToUnixTimeSeconds();

    private ulong Hash(ReadOnlySpan<byte> cookie, ReadOnlySpan<byte> client)
    {
        Span<byte> input = stackalloc byte[HashStart + 16];
        cookie[..HashStart].CopyTo(input);
        client.CopyTo(input[HashStart..]);
        return SipHash.Compute(_k0, _k1, input[..(HashStart + client.Length)]);
    }
}
