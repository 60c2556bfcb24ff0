using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Tandem.LoadBalancer.Steering;

namespace Tandem.LoadBalancer.Proxy;

/// <summary>
/// The value of a session cookie: until when it holds, and a MAC over that time, the load balancer, the pool and the origin. It
/// shows nothing of them, and which origin it is for is found by making the same MAC for each that it may be.
/// <code>
///  0       8                              40
///  | until | HMAC-SHA256                   |   in base64url
/// </code>
/// </summary>
internal sealed class AffinityCookie(byte[] key, TimeProvider time)
{
    /// <summary>Cloudflare's name for it.</summary>
    public const string Name = "__cflb";

    private const int TimeLength = sizeof(long);
    private const int Length = TimeLength + HMACSHA256.HashSizeInBytes;

    /// <summary>The value that pins a client to an origin.</summary>
    public string Write(string balancerId, OriginView origin, TimeSpan ttl)
    {
        Span<byte> value = stackalloc byte[Length];
        Mac(balancerId, origin, (time.GetUtcNow() + ttl).ToUnixTimeSeconds(), value);
        return Base64Url.EncodeToString(value);
    }

    /// <summary>The origin that a value is for; null where it is forged, too old or for none of these.</summary>
    public OriginView? Read(string? text, string balancerId, IEnumerable<OriginView> origins)
    {
        Span<byte> value = stackalloc byte[Length];
        if (text is null || text.Length != Base64Url.GetEncodedLength(Length)
            || Base64Url.DecodeFromChars(text, value, out _, out var written) != OperationStatus.Done || written != Length)
            return null;
        var until = BitConverter.ToInt64(value);
        if (until <= time.GetUtcNow().ToUnixTimeSeconds())
            return null;
        Span<byte> expected = stackalloc byte[Length];
        foreach (var origin in origins)
        {
            Mac(balancerId, origin, until, expected);
            if (CryptographicOperations.FixedTimeEquals(expected, value))
                return origin;
        }

        return null;
    }

    private void Mac(string balancerId, OriginView origin, long until, Span<byte> value)
    {
        BitConverter.TryWriteBytes(value, until);

        // Identifiers and names hold no line ends.
        var named = Encoding.UTF8.GetBytes($"{until}\n{balancerId}\n{origin.PoolId}\n{origin.Name}");
        HMACSHA256.HashData(key, named, value[TimeLength..]);
    }
}
