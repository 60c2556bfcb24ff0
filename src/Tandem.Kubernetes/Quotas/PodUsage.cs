using System.Text.Json.Nodes;
using Tandem.Kubernetes.Resources.Core;

namespace Tandem.Kubernetes.Quotas;

/// <summary>What a pod needs, and what of it quotas count. Pure.</summary>
internal static class PodUsage
{
    private static readonly string[] Native = ["cpu", "memory", "ephemeral-storage"];

    /// <summary>The sum of the containers, or what the init containers need at their peak, whichever is more; with sidecars and overhead.</summary>
    /// <param name="spec">Of a pod.</param>
    /// <param name="kind">requests or limits.</param>
    public static Usage Total(JsonObject spec, string kind)
    {
        var (sum, sidecars, peak) = (new Usage(), new Usage(), new Usage());
        foreach (var container in spec.Items("containers"))
            sum.Add(Of(container, kind));
        foreach (var container in spec.Items("initContainers"))
        {
            var one = new Usage();
            one.Add(sidecars);
            one.Add(Of(container, kind));
            peak.Raise(one);
            if (container.Text("restartPolicy") != "Always")
                continue;
            sum.Add(Of(container, kind));
            sidecars = one;
        }

        sum.Raise(peak);
        var overhead = Usage.Read(spec.Child("overhead"));
        sum.Add(kind == "requests" ? overhead : overhead.Only(name => sum.TryGetValue(name, out var limit) && limit.Value != 0));
        return sum;
    }

    /// <summary>By the names that quotas have for them.</summary>
    public static Usage Compute(Usage requests, Usage limits)
    {
        var usage = new Usage { ["pods"] = Amount.One };
        foreach (var (name, amount) in requests)
        {
            if (Native.Contains(name) || name.StartsWith("hugepages-", StringComparison.Ordinal))
                usage[name] = amount;
            usage["requests." + name] = amount;
        }

        foreach (var (name, amount) in limits)
            if (Native.Contains(name))
                usage["limits." + name] = amount;
        return usage;
    }

    /// <summary>Whether the pod still uses anything: it has not ended, and is not past the end of its grace.</summary>
    public static bool IsCounted(JsonObject pod, DateTimeOffset now) =>
        pod.Text("status", "phase") is not ("Succeeded" or "Failed")
        && !(DateTimeOffset.TryParse(pod.Text("metadata", "deletionTimestamp"), System.Globalization.CultureInfo.InvariantCulture, out var deletion)
            && now > deletion.AddSeconds(pod.Number("metadata", "deletionGracePeriodSeconds") ?? 0));

    public static Usage Of(JsonObject container, string kind) => Usage.Read(container.Child("resources", kind));
}
