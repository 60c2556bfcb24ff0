using k8s.Models;

namespace Tandem.Ingress.Translation;

/// <summary>Which Ingresses are this controller's.</summary>
internal static class IngressSelection
{
    public const string Controller = "tandem.dev/ingress-nginx";
    private const string DefaultClassAnnotation = "ingressclass.kubernetes.io/is-default-class";
    private const string ClassAnnotation = "kubernetes.io/ingress.class"; // before spec.ingressClassName, still common

    /// <summary>Oldest first: where two Ingresses want the same, the older one has it.</summary>
    public static IEnumerable<V1Ingress> Ours(ClusterSnapshot snapshot)
    {
        var ours = snapshot.Classes.Where(c => c.Spec?.Controller == Controller).ToList();
        var names = ours.Select(c => c.Metadata.Name).ToHashSet(StringComparer.Ordinal);
        var isDefault = ours.Any(c => c.GetAnnotation(DefaultClassAnnotation) == "true");
        return snapshot.Ingresses
            .Where(i => (i.Spec?.IngressClassName ?? i.GetAnnotation(ClassAnnotation)) is { } name ? names.Contains(name) : isDefault)
            .OrderBy(i => i.Metadata.CreationTimestamp)
            .ThenBy(i => i.Metadata.NamespaceProperty, StringComparer.Ordinal)
            .ThenBy(i => i.Metadata.Name, StringComparer.Ordinal);
    }
}
