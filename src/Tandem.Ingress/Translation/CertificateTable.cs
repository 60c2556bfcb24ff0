using k8s.Models;

namespace Tandem.Ingress.Translation;

/// <summary>The certificate of each TLS host, from the oldest Ingress that has a usable one.</summary>
internal sealed class CertificateTable
{
    private readonly Dictionary<string, Certificate> _certificates = new(StringComparer.Ordinal);

    public CertificateTable(IReadOnlyCollection<V1Secret> secrets, IReadOnlyList<V1Ingress> ingresses, List<Problem> problems)
    {
        var byName = secrets.Where(s => s.Type == "kubernetes.io/tls").ToDictionary(s => (s.Metadata.NamespaceProperty, s.Metadata.Name));
        var read = new Dictionary<V1Secret, (Certificate? Certificate, string? Problem)>(ReferenceEqualityComparer.Instance);
        foreach (var ingress in ingresses)
        {
            foreach (var host in (ingress.Spec?.Rules ?? []).Select(r => r.Host).Where(h => !string.IsNullOrEmpty(h)).Distinct())
            {
                if (TlsHosts.EntryOf(ingress, host) is not { SecretName.Length: > 0 } entry)
                    continue; // no TLS, or TLS with the default certificate
                if (!byName.TryGetValue((ingress.Metadata.NamespaceProperty, entry.SecretName), out var secret))
                {
                    problems.Add(new Problem(ingress, "NoCertificate", $"there is no secret '{entry.SecretName}' of type kubernetes.io/tls; "
                        + $"'{host}' shows the default certificate"));
                    continue;
                }

                if (!read.TryGetValue(secret, out var result))
                    read[secret] = result = CertificateReader.Read(secret);
                if (result.Certificate is not null)
                    _certificates.TryAdd(host, result.Certificate);
                else
                    problems.Add(new Problem(ingress, "BadCertificate",
                        $"the secret '{entry.SecretName}' cannot be used, '{host}' shows the default certificate: {result.Problem}"));
            }
        }
    }

    public Certificate? For(string? host) => host is null ? null : _certificates.GetValueOrDefault(host);
}
