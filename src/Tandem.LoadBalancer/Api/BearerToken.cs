using System.Security.Cryptography;
using System.Text;

namespace Tandem.LoadBalancer.Api;

/// <summary>The API's token. Only its hash is kept, and compared in a time that does not depend on where a guess is wrong.</summary>
internal sealed class BearerToken
{
    private readonly byte[] _hash;

    private BearerToken(string token) => _hash = Hash(token);

    /// <summary>Reads the token's file.</summary>
    /// <inheritdoc cref="Text"/>
    public static BearerToken Read(string path) => new(Text(path));

    /// <summary>The token itself, for whoever has to send it.</summary>
    /// <exception cref="InvalidDataException">The file is empty, or others than its owner may read it.</exception>
    public static string Text(string path)
    {
        const UnixFileMode others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
        if ((File.GetUnixFileMode(path) & others) != 0)
            throw new InvalidDataException($"{path} may be read by others: its mode must be 0600.");
        var token = File.ReadAllText(path).Trim();
        return token.Length > 0 ? token : throw new InvalidDataException($"{path} holds no token.");
    }

    public bool Matches(string token) => CryptographicOperations.FixedTimeEquals(Hash(token), _hash);

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
