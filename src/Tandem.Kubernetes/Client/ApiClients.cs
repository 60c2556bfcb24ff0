using System.Security.Cryptography.X509Certificates;
using k8s;
using Tandem.Kubernetes.Api.Pki;

namespace Tandem.Kubernetes.Client;

/// <summary>Clients of this cluster's own API, each with an identity of its own.</summary>
internal static class ApiClients
{
    /// <param name="options">Where the API is.</param>
    /// <param name="pki">Issues the certificate.</param>
    /// <param name="user">The user's name.</param>
    /// <param name="groups">The user's groups.</param>
    public static k8s.Kubernetes Create(ClusterOptions options, ClusterPki pki, string user, params string[] groups)
    {
        using var certificate = pki.Authority.IssueClient(user, groups);
        return new k8s.Kubernetes(new KubernetesClientConfiguration
        {
            Host = $"https://{options.NodeAddress}:{options.ApiPort}",
            SslCaCerts = [pki.Authority.Certificate],
            ClientCertificateData = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(certificate.ExportCertificatePem())),
            ClientCertificateKeyData = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem())),
            UserAgent = user.Split(':')[^1],
            HttpClientTimeout = Timeout.InfiniteTimeSpan,
        });
    }
}
