using k8s.Models;

namespace Tandem.Ingress.Translation;

/// <summary>The annotations of ingress-nginx that this controller knows; all others of that prefix are reported.</summary>
internal static class Annotations
{
    private const string Prefix = "nginx.ingress.kubernetes.io/";
    private const string SslRedirect = Prefix + "ssl-redirect";

    public static bool RedirectsToHttps(V1Ingress ingress) => ingress.GetAnnotation(SslRedirect) != "false";

    public static IEnumerable<string> Unknown(V1Ingress ingress)
    {
        foreach (var (name, value) in ingress.Metadata.Annotations ?? new Dictionary<string, string>())
        {
            if (!name.StartsWith(Prefix, StringComparison.Ordinal))
                continue;
            if (name != SslRedirect)
                yield return $"the annotation {name} is not supported and has no effect";
            else if (value is not ("true" or "false"))
                yield return $"the annotation {name} must be \"true\" or \"false\"; it counts as \"true\"";
        }
    }
}
