using System.Security.Cryptography;
using System.Text;

namespace Tandem.LoadBalancer.Api;

/// <summary>The API's token. Only its hash is kept, and compared in a time that does not depend on where a guess is wrong.</summary>
internal sealed class BearerToken
{
    private readonly byte[] _hash;

    private BearerToken(string token) => _hash = Hash(token);

    /// <summary>Reads the token's file.</summary>
    /// <exception cref="InvalidDataException">The file is empty, or others than its owner may read it.</exception>
    public static BearerToken Read(string path) => new(SecretFile.Read(path));

    public bool Matches(string token) => CryptographicOperations.FixedTimeEquals(Hash(token), _hash);

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
