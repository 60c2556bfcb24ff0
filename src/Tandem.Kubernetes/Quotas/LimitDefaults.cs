using System.Text.Json.Nodes;
using Tandem.Kubernetes.Resources.Core;

namespace Tandem.Kubernetes.Quotas;

/// <summary>What a LimitRange gives to containers that do not say what they need. Pure.</summary>
internal static class LimitDefaults
{
    private const string Annotation = "kubernetes.io/limit-ranger";

    /// <summary>Changes the pod, and notes on it what was changed.</summary>
    public static void Apply(JsonObject pod, IReadOnlyList<JsonObject> limits)
    {
        var (requests, bounds) = (new JsonObject(), new JsonObject());
        foreach (var limit in limits.Where(l => l.Text("type") == "Container"))
        {
            Merge(requests, limit.Child("defaultRequest"));
            Merge(bounds, limit.Child("default"));
        }

        List<string> notes = [];
        foreach (var (list, word) in new[] { ("containers", "container"), ("initContainers", "init container") })
            foreach (var container in pod.Items("spec", list))
            {
                var resources = container.Ensure("resources");
                var limited = Fill(resources, "limits", bounds);
                Note("request", Fill(resources, "requests", requests));
                Note("limit", limited);

                void Note(string kind, IReadOnlyList<string> names)
                {
                    if (names.Count > 0)
                        notes.Add($"{string.Join(", ", names)} {kind} for {word} {container.Text("name")}");
                }
            }

        if (notes.Count > 0)
            pod.Put($"LimitRanger plugin set: {string.Join("; ", notes)}", "metadata", "annotations", Annotation);
    }

    /// <returns>The names that were filled in, in order.</returns>
    private static List<string> Fill(JsonObject resources, string kind, JsonObject defaults)
    {
        var missing = defaults.Select(d => d.Key).Where(d => resources.At(kind, d) is null).Order(StringComparer.Ordinal).ToList();
        foreach (var name in missing)
            resources.Ensure(kind)[name] = defaults[name]!.DeepClone();
        return missing;
    }

    private static void Merge(JsonObject into, JsonObject? from)
    {
        foreach (var (name, value) in from ?? [])
            into[name] = Amount.Parse(value)?.ToString();
    }
}
