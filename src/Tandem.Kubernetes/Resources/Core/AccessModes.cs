using System.Text.Json.Nodes;
using Tandem.Kubernetes.Api.Errors;

namespace Tandem.Kubernetes.Resources.Core;

/// <summary>Who may mount a volume: the same for volumes and claims.</summary>
internal static class AccessModes
{
    /// <summary>As columns show them, such as RWO.</summary>
    public static string Print(IEnumerable<string> modes) => string.Join(',', modes.Select(Short));

    public static void Check(JsonObject spec, string required, FieldErrors errors)
    {
        if (!spec.Texts("accessModes").Any())
            errors.Required("spec.accessModes", required);
        foreach (var mode in spec.Texts("accessModes").Where(m => Short(m) == m))
            errors.NotSupported("spec.accessModes", mode, "ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod");
    }

    private static string Short(string mode) => mode switch
    {
        "ReadWriteOnce" => "RWO", "ReadOnlyMany" => "ROX", "ReadWriteMany" => "RWX", "ReadWriteOncePod" => "RWOP", _ => mode,
    };
}
