using System.Globalization;
using System.Text.RegularExpressions;

namespace Tandem.Kubernetes.Resources;

/// <summary>The order of API versions: v2, v1, v1beta2, v1beta1, v1alpha1, then all others by name. See
/// https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definition-versioning/#version-priority.</summary>
internal static partial class VersionPriority
{
    /// <returns>Less than 0 where <paramref name="a"/> comes first.</returns>
    public static int Compare(string a, string b)
    {
        var (x, y) = (Read(a), Read(b));
        if (x is null || y is null)
            return x is null && y is null ? string.CompareOrdinal(a, b) : x is null ? 1 : -1;
        return y.Value.CompareTo(x.Value);
    }

    private static (int Stability, int Major, int Minor)? Read(string version)
    {
        var match = Pattern().Match(version);
        if (!match.Success)
            return null;
        var stability = match.Groups["level"].Value switch { "" => 2, "beta" => 1, _ => 0 };
        return (stability, Number(match.Groups["major"]), match.Groups["minor"].Success ? Number(match.Groups["minor"]) : 0);
    }

    private static int Number(Group group) => int.Parse(group.Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\Av(?<major>[1-9]\d{0,8})((?<level>alpha|beta)(?<minor>[1-9]\d{0,8}))?\z")]
    private static partial Regex Pattern();
}
