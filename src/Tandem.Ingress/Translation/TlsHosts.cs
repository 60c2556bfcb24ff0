using k8s.Models;

namespace Tandem.Ingress.Translation;

/// <summary>Which hosts of an Ingress its <c>spec.tls</c> speaks of.</summary>
internal static class TlsHosts
{
    public static bool Covers(V1Ingress ingress, string? host) => EntryOf(ingress, host) is not null;

    /// <summary>The entry for a host: one that names it before one that covers it by a wildcard or has no hosts at all.</summary>
    public static V1IngressTLS? EntryOf(V1Ingress ingress, string? host)
    {
        if (string.IsNullOrEmpty(host))
            return null;
        var entries = ingress.Spec?.Tls ?? [];
        return entries.FirstOrDefault(t => t.Hosts?.Contains(host) == true)
            ?? entries.FirstOrDefault(t => t.Hosts is not { Count: > 0 } || t.Hosts.Any(h => IsWildcardOf(h, host)));
    }

    private static bool IsWildcardOf(string pattern, string host) =>
        pattern.StartsWith("*.", StringComparison.Ordinal) && host.IndexOf('.') is > 0 and var dot && host[dot..] == pattern[1..];
}
