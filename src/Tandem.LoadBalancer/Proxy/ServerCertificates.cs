using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;

namespace Tandem.LoadBalancer.Proxy;

/// <summary>
/// The certificates that clients are shown. A replaced file is read at the next handshake, at most once a second. Files may be
/// missing at first: until they come, handshakes fail.
/// </summary>
internal sealed class ServerCertificates
{
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly IReadOnlyList<CertificateFiles> _files;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private Loaded?[] _loaded;
    private long _looked;

    /// <exception cref="InvalidDataException">A file cannot be used; the message names it.</exception>
    public ServerCertificates(IReadOnlyList<CertificateFiles> files, TimeProvider time, ILogger logger)
    {
        (_files, _time, _logger, _looked) = (files, time, logger, time.GetTimestamp());
        _loaded = [.. files.Select(f => File.Exists(f.Certificate) && File.Exists(f.Key) ? Load(f) : null)];
    }

    /// <summary>The certificate for a name; the first where none fits.</summary>
    /// <exception cref="AuthenticationException">There is none yet.</exception>
    public SslStreamCertificateContext For(string? name)
    {
        lock (_gate)
        {
            if (_time.GetElapsedTime(_looked) >= Freshness)
            {
                _looked = _time.GetTimestamp();
                Reload();
            }

            var fitting = name is { Length: > 0 } ? _loaded.FirstOrDefault(l => l?.Context.TargetCertificate.MatchesHostname(name) == true) : null;
            return (fitting ?? _loaded.FirstOrDefault(l => l is not null) ?? throw new AuthenticationException("There is no certificate yet.")).Context;
        }
    }

    /// <summary>A new one that cannot be used leaves the old one in place.</summary>
    private void Reload()
    {
        for (var i = 0; i < _files.Count; i++)
        {
            try
            {
                if (Stamp(_files[i]) != _loaded[i]?.Stamp)
                    _loaded[i] = Load(_files[i]);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
            {
                _logger.CertificateNotRead(_files[i].Certificate, e);
            }
        }
    }

    private static Loaded Load(CertificateFiles files)
    {
        var stamp = Stamp(files);
        const UnixFileMode others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
        if ((File.GetUnixFileMode(files.Key) & others) != 0)
            throw new InvalidDataException($"{files.Key} may be read by others: its mode must be 0600.");
        try
        {
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(files.Certificate);
            var certificate = X509Certificate2.CreateFromPemFile(files.Certificate, files.Key);
            return new Loaded(stamp, SslStreamCertificateContext.Create(certificate, chain, offline: true));
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new InvalidDataException($"{files.Certificate} and {files.Key} are no certificate and its key: {e.Message}", e);
        }
    }

    private static (DateTime, long, DateTime, long) Stamp(CertificateFiles files)
    {
        var (certificate, key) = (new FileInfo(files.Certificate), new FileInfo(files.Key));
        return (certificate.LastWriteTimeUtc, certificate.Length, key.LastWriteTimeUtc, key.Length);
    }

    private sealed record Loaded((DateTime, long, DateTime, long) Stamp, SslStreamCertificateContext Context);
}
