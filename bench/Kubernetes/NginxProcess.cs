using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tandem.Processes;

namespace Tandem.Bench.Kubernetes;

/// <summary>An nginx that serves files over TLS, with the settings it comes with.</summary>
internal sealed class NginxProcess : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tandem-bench-nginx-").FullName;
    private readonly Process _process;

    public NginxProcess(IReadOnlyDictionary<string, byte[]> files)
    {
        Port = Ports.Free();
        Directory.CreateDirectory(Path.Combine(_folder, "files"));
        foreach (var (name, content) in files)
            File.WriteAllBytes(Path.Combine(_folder, "files", name), content);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue.AddYears(-1));
        File.WriteAllText(Path.Combine(_folder, "tls.crt"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(_folder, "tls.key"), key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(Path.Combine(_folder, "nginx.conf"), $$"""
            daemon off; worker_processes auto; pid {{_folder}}/nginx.pid; error_log {{_folder}}/error.log;
            events { worker_connections 1024; }
            http {
              access_log off; sendfile on; default_type application/json; keepalive_requests 1000000;
              client_body_temp_path {{_folder}}/a; proxy_temp_path {{_folder}}/b; fastcgi_temp_path {{_folder}}/c; uwsgi_temp_path {{_folder}}/d; scgi_temp_path {{_folder}}/e;
              server { listen 127.0.0.1:{{Port}} ssl; ssl_certificate {{_folder}}/tls.crt; ssl_certificate_key {{_folder}}/tls.key; root {{_folder}}/files; }
            }
            """);
        _process = ProcessRunner.StartPiped(new Command("/usr/sbin/nginx", "-c", Path.Combine(_folder, "nginx.conf"), "-p", _folder));
    }

    public int Port { get; }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
