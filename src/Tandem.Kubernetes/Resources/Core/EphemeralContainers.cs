using System.Text.Json.Nodes;
using Tandem.Kubernetes.Api.Errors;

namespace Tandem.Kubernetes.Resources.Core;

/// <summary>
/// Containers that are added to a pod that exists, to look into it (KEP-277). Only the subresource of this name adds them, and
/// none is ever changed or taken away. Worded as kube-apiserver's.
/// </summary>
internal static class EphemeralContainers
{
    /// <summary>The subresource.</summary>
    public const string Name = "ephemeralcontainers";

    private const string Field = "ephemeralContainers";
    private const string NotAllowed = "cannot be set for an Ephemeral Container";

    // What else a container may have is for those that a pod depends on: ports, probes, hooks, resources, restarts.
    private static readonly string[] Allowed =
    [
        "name", "image", "command", "args", "workingDir", "envFrom", "env", "volumeMounts", "volumeDevices", "terminationMessagePath",
        "terminationMessagePolicy", "imagePullPolicy", "securityContext", "stdin", "stdinOnce", "tty",
    ];

    /// <summary>Those that are there stay as they are.</summary>
    public static void ValidateUpdate(JsonObject value, JsonObject old, FieldErrors errors)
    {
        foreach (var before in old.Items("spec", Field))
        {
            var name = before.Text("name");
            var now = value.Items("spec", Field).FirstOrDefault(c => c.Text("name") == name);
            if (now is null)
                errors.Forbidden($"spec.{Field}", $"existing ephemeral containers \"{name}\" may not be removed\n");
            else if (!JsonNode.DeepEquals(now, before))
                errors.Forbidden($"spec.{Field}", $"existing ephemeral containers \"{name}\" may not be changed\n");
        }
    }

    /// <summary>The rules of each, among the other containers of its pod.</summary>
    /// <param name="spec">The pod's specification.</param>
    /// <param name="at">Its path.</param>
    /// <param name="volumes">Names of the pod's volumes.</param>
    /// <param name="errors">Takes what is wrong.</param>
    public static void Check(JsonObject spec, string at, HashSet<string> volumes, FieldErrors errors)
    {
        var others = spec.Items("containers").Concat(spec.Items("initContainers")).Select(c => c.Text("name") ?? "").ToHashSet();
        var names = new HashSet<string>(others);
        foreach (var (index, container) in spec.Items(Field).Index())
        {
            var path = $"{at}.{Field}[{index}]";
            var common = new JsonObject(container.Where(f => Allowed.Contains(f.Key)).Select(f => KeyValuePair.Create(f.Key, f.Value?.DeepClone())));
            PodSpecValidation.Container(common, path, names, volumes, hostNetwork: false, errors);
            if (container.Text("targetContainerName") is { Length: > 0 } target && !others.Contains(target))
                errors.NotFound($"{path}.targetContainerName", target);
            foreach (var (field, set) in container)
                if (field != "targetContainerName" && !Allowed.Contains(field) && set is not (null or JsonObject { Count: 0 } or JsonArray { Count: 0 }))
                    errors.Forbidden($"{path}.{field}", NotAllowed);
            foreach (var (i, mount) in container.Items("volumeMounts").Index())
                foreach (var field in new[] { "subPath", "subPathExpr" })
                    if (!string.IsNullOrEmpty(mount.Text(field)))
                        errors.Forbidden($"{path}.volumeMounts[{i}].{field}", NotAllowed);
        }
    }
}
