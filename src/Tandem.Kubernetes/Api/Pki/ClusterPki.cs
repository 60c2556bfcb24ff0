using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Tandem.Kubernetes.Api.Authentication;

namespace Tandem.Kubernetes.Api.Pki;

/// <summary>What a cluster's identities come from, in its folder's <c>pki</c>; and the kubeconfig for its administrator.</summary>
internal sealed class ClusterPki
{
    private readonly ClusterOptions _options;
    private readonly TimeProvider _time;

    public ClusterPki(ClusterOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        var folder = Directory.CreateDirectory(
            Path.Combine(options.StateDirectory, "pki"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName;
        Authority = CertificateAuthority.LoadOrCreate(folder, $"tandem-{options.Name}", time);
        TokenKey = LoadKey(Path.Combine(folder, "sa.key"));
        Server = Authority.IssueServer(
            "kube-apiserver",
            ["kubernetes", "kubernetes.default", "kubernetes.default.svc", $"kubernetes.default.svc.{options.ClusterDomain}", "localhost"],
            [options.NodeAddress, options.ApiServiceAddress, IPAddress.Loopback]);
    }

    public CertificateAuthority Authority { get; }

    /// <summary>Signs service-account tokens.</summary>
    public ECDsa TokenKey { get; }

    public X509Certificate2 Server { get; }

    /// <summary>A certificate lives a year; its kubeconfig is written anew well before.</summary>
    private static readonly TimeSpan Renewal = TimeSpan.FromDays(300);

    /// <summary>Writes a kubeconfig for a member of system:masters, readable by its owner only.</summary>
    public void WriteAdminKubeconfig()
    {
        if (File.Exists(_options.Kubeconfig)
            && _time.GetUtcNow() - File.GetLastWriteTimeUtc(_options.Kubeconfig) < Renewal
            && File.ReadAllText(_options.Kubeconfig).Contains(Base64(Authority.Pem), StringComparison.Ordinal))
            return;
        using var certificate = Authority.IssueClient("kubernetes-admin", UserInfo.Masters);
        using var key = certificate.GetECDsaPrivateKey()!;
        PrivateFile.Write(_options.Kubeconfig, $"""
            apiVersion: v1
            kind: Config
            clusters:
            - name: {_options.Name}
              cluster:
                server: https://{_options.NodeAddress}:{_options.ApiPort}
                certificate-authority-data: {Base64(Authority.Pem)}
            users:
            - name: {_options.Name}-admin
              user:
                client-certificate-data: {Base64(certificate.ExportCertificatePem())}
                client-key-data: {Base64(key.ExportPkcs8PrivateKeyPem())}
            contexts:
            - name: {_options.Name}
              context: {"{"} cluster: {_options.Name}, user: {_options.Name}-admin {"}"}
            current-context: {_options.Name}

            """);
    }

    private static ECDsa LoadKey(string path)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        if (File.Exists(path))
            key.ImportFromPem(File.ReadAllText(path));
        else
            PrivateFile.Write(path, key.ExportPkcs8PrivateKeyPem() + "\n");
        return key;
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
