using System.Text.Json.Nodes;
using Tandem.Kubernetes.Resources;

namespace Tandem.Kubernetes.Api;

/// <summary>What a DELETE does to an object: remove it at once, or mark it until its finalizers or its grace are over.</summary>
internal static class Deletion
{
    private const string Foreground = "foregroundDeletion";
    private const string Orphan = "orphan";
    private const long DefaultGrace = 30;

    /// <returns>Whether the object can go now; otherwise it was marked.</returns>
    public static bool Mark(Resource resource, JsonObject value, DeleteOptions options, DateTimeOffset now)
    {
        var metadata = value["metadata"]!.AsObject();
        SetFinalizer(metadata, Foreground, options.Propagation == "Foreground");
        SetFinalizer(metadata, Orphan, options.Propagation == "Orphan");
        var grace = resource.Kind == "Pod" ? Grace(value, options) : 0;
        var isNamespace = resource.Kind == "Namespace";
        if (grace == 0 && !metadata.Texts("finalizers").Any() && !(isNamespace && value.Texts("spec", "finalizers").Any()))
            return true;

        var already = metadata.Text("deletionTimestamp") is not null;
        if (!already || (resource.Kind == "Pod" && grace < (metadata.Number("deletionGracePeriodSeconds") ?? 0)))
        {
            metadata["deletionTimestamp"] = WallClock.Text(now.AddSeconds(grace));
            metadata["deletionGracePeriodSeconds"] = grace;
            if (resource.HasGeneration)
                metadata["generation"] = (metadata.Number("generation") ?? 0) + 1;
        }

        if (isNamespace)
            value.Ensure("status")["phase"] = "Terminating";
        return false;
    }

    /// <summary>Whether nothing holds a marked object any longer.</summary>
    public static bool IsComplete(Resource resource, JsonObject value) =>
        value.Text("metadata", "deletionTimestamp") is not null
        && !value.Texts("metadata", "finalizers").Any()
        && (value.Number("metadata", "deletionGracePeriodSeconds") ?? 0) == 0
        && !(resource.Kind == "Namespace" && value.Texts("spec", "finalizers").Any());

    private static long Grace(JsonObject pod, DeleteOptions options)
    {
        // Nobody has started it, or it has ended: nothing to wait for.
        if (string.IsNullOrEmpty(pod.Text("spec", "nodeName")) || pod.Text("status", "phase") is "Succeeded" or "Failed")
            return 0;
        return options.GracePeriodSeconds ?? pod.Number("spec", "terminationGracePeriodSeconds") ?? DefaultGrace;
    }

    private static void SetFinalizer(JsonObject metadata, string name, bool wanted)
    {
        if (!wanted || metadata.Texts("finalizers").Contains(name))
            return;
        if (metadata["finalizers"] is not JsonArray list)
            metadata["finalizers"] = list = [];
        list.Add(name);
    }
}
