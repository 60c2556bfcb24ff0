using System.Text.Json.Nodes;
using Tandem.Kubernetes.Api.Errors;

namespace Tandem.Kubernetes.Resources.Core;

/// <summary>The rules of what a container mounts.</summary>
internal static class VolumeMountValidation
{
    private static readonly string[] Propagations = ["Bidirectional", "HostToContainer", "None"];
    private static readonly string[] Recursive = ["Disabled", "Enabled", "IfPossible"];

    public static void Check(JsonObject container, string at, HashSet<string> volumes, FieldErrors errors)
    {
        var paths = new HashSet<string>();
        foreach (var (index, mount) in container.Items("volumeMounts").Index())
        {
            var here = $"{at}.volumeMounts[{index}]";
            if (mount.Text("name") is var volume && !volumes.Contains(volume ?? ""))
                errors.NotFound($"{here}.name", volume ?? "");
            if (mount.Text("mountPath") is not { Length: > 0 } path)
                errors.Required($"{here}.mountPath");
            else if (!paths.Add(path))
                errors.Invalid($"{here}.mountPath", path, "must be unique");
            Descending(mount, "subPath", here, errors);
            Descending(mount, "subPathExpr", here, errors);
            if (mount.Text("subPath") is { Length: > 0 } && mount.Text("subPathExpr") is { Length: > 0 } expression)
                errors.Invalid($"{here}.subPathExpr", expression, "subPathExpr and subPath are mutually exclusive");
            Propagation(mount, container, here, errors);
        }
    }

    private static void Descending(JsonObject mount, string field, string at, FieldErrors errors)
    {
        if (mount.Text(field) is not { Length: > 0 } path)
            return;
        if (path.StartsWith('/'))
            errors.Invalid($"{at}.{field}", path, "must be a relative path");
        if (path.Split('/').Contains(".."))
            errors.Invalid($"{at}.{field}", path, "must not contain '..'");
    }

    private static void Propagation(JsonObject mount, JsonObject container, string at, FieldErrors errors)
    {
        if (mount.Text("mountPropagation") is { } propagation)
        {
            if (!Propagations.Contains(propagation))
                errors.NotSupported($"{at}.mountPropagation", propagation, Propagations);
            else if (propagation == "Bidirectional" && !container.Flag("securityContext", "privileged"))
                errors.Forbidden($"{at}.mountPropagation", "Bidirectional mount propagation is available only to privileged containers");
        }

        if (mount.Text("recursiveReadOnly") is not { } recursive)
            return;
        if (!Recursive.Contains(recursive))
            errors.NotSupported($"{at}.recursiveReadOnly", recursive, Recursive);
        else if (recursive != "Disabled" && !mount.Flag("readOnly"))
            errors.Forbidden($"{at}.recursiveReadOnly", "may only be specified when readOnly is true");
        else if (recursive != "Disabled" && mount.Text("mountPropagation") is not (null or "None"))
            errors.Forbidden($"{at}.recursiveReadOnly", "may only be specified when mountPropagation is None or not specified");
    }
}
