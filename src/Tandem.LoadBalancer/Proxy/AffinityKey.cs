using System.Security.Cryptography;
using Tandem.LoadBalancer.State;

namespace Tandem.LoadBalancer.Proxy;

/// <summary>The key that session cookies are made with, 256 bits, in a file of mode 0600.</summary>
internal static class AffinityKey
{
    private const int Length = 32;

    /// <summary>Reads the key, or makes one where there is none: clients then keep their origins over a restart.</summary>
    /// <exception cref="InvalidDataException">The file is not a key; the message names it.</exception>
    public static byte[] Open(string path)
    {
        if (!File.Exists(path))
            DurableFile.Write(path, RandomNumberGenerator.GetBytes(Length));
        var key = File.ReadAllBytes(path);
        return key.Length == Length ? key : throw new InvalidDataException($"{path} must hold {Length} bytes.");
    }
}
