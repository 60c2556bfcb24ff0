namespace Tandem.LoadBalancer.Api;

/// <summary>A file with a secret.</summary>
internal static class SecretFile
{
    /// <summary>Reads it, without white space around.</summary>
    /// <exception cref="InvalidDataException">The file is empty, or others than its owner may read it.</exception>
    public static string Read(string path)
    {
        const UnixFileMode others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
        if ((File.GetUnixFileMode(path) & others) != 0)
            throw new InvalidDataException($"{path} may be read by others: its mode must be 0600.");
        var secret = File.ReadAllText(path).Trim();
        return secret.Length > 0 ? secret : throw new InvalidDataException($"{path} is empty.");
    }
}
