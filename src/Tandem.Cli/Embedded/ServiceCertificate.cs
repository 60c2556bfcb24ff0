using System.Text.Json.Nodes;
using Tandem.Host;

namespace Tandem.Cli.Embedded;

/// <summary>The certificate of the service, out of its Secret.</summary>
internal static class ServiceCertificate
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Writes the certificate for clients, and its key for the load balancer's proxy where that runs here.</summary>
    public static async Task KeepAsync(JsonObject secret, StateFolder state, bool withKey, CancellationToken cancellationToken)
    {
        // Where nothing of the platform runs on this machine, nobody has made its folder before.
        Directory.CreateDirectory(Path.GetDirectoryName(state.Certificate)!);
        // The key first: a certificate that is new is read together with it.
        if (withKey)
            await ReplaceAsync(state.CertificateKey, Data(secret, "tls.key"), OwnerOnly, cancellationToken);
        else
            File.Delete(state.CertificateKey);
        await ReplaceAsync(state.Certificate, Data(secret, "tls.crt"), OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead, cancellationToken);
    }

    private static byte[] Data(JsonObject secret, string name) => Convert.FromBase64String((string)secret["data"]![name]!);

    /// <summary>Whole or not at all, and untouched where nothing has changed.</summary>
    private static async Task ReplaceAsync(string path, byte[] bytes, UnixFileMode mode, CancellationToken cancellationToken)
    {
        if (File.Exists(path) && (await File.ReadAllBytesAsync(path, cancellationToken)).AsSpan().SequenceEqual(bytes))
            return;
        var fresh = path + ".new";
        await using (var file = new FileStream(fresh, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = mode }))
            await file.WriteAsync(bytes, cancellationToken);
        File.Move(fresh, path, overwrite: true);
    }
}
