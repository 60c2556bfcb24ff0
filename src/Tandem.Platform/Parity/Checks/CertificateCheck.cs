using System.Globalization;

namespace Tandem.Platform.Parity.Checks;

/// <summary>The certificates of the release's Ingresses are for their hosts, and will be for some time.</summary>
internal static class CertificateCheck
{
    /// <summary>As long before its end as certificates of 90 days are commonly renewed.</summary>
    internal static readonly TimeSpan Soon = TimeSpan.FromDays(30);

    public static IEnumerable<Finding> Of(ParityView view) => view.Seen.SelectMany(c => Of(c, view.At));

    private static IEnumerable<Finding> Of(ClusterView cluster, DateTimeOffset now)
    {
        foreach (var hosts in (cluster.Wanted?.Hosts ?? []).GroupBy(h => h.Secret, h => h.Host))
        {
            // Where the Secret is not there, that is said already.
            if (cluster.Find(hosts.Key) is not { } secret)
                continue;
            Finding Finding(string code, string what) => new(
                code, cluster.Weight, cluster.Name, hosts.Key.ToString(), what, "replace the Secret by one with a certificate that is good, in both clusters")
            {
                Since = code == "certificate-expired" ? secret.Facts.Certificate!.ExpiresAt : secret.Facts.ChangedAt,
            };

            if (secret.Facts.Certificate is not { ExpiresAt: { } end } certificate)
            {
                yield return Finding("certificate-unreadable", "it has no certificate that can be read in tls.crt");
                continue;
            }

            if (end <= now)
                yield return Finding("certificate-expired", string.Create(CultureInfo.InvariantCulture, $"its certificate ended at {end:u}"));
            else if (end <= now + Soon)
                yield return Finding("certificate-expires", string.Create(CultureInfo.InvariantCulture, $"its certificate ends at {end:u}")) with { Severity = FindingSeverity.Warns };
            if (hosts.Where(h => !certificate.Covers(h)).Distinct().ToList() is { Count: > 0 } uncovered)
                yield return Finding("certificate-wrong-host", $"its certificate is not for {string.Join(", ", uncovered)}");
        }
    }
}
