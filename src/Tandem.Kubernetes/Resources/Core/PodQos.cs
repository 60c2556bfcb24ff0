using System.Text.Json.Nodes;

namespace Tandem.Kubernetes.Resources.Core;

/// <summary>The quality-of-service class. See https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/.</summary>
internal static class PodQos
{
    public static string Of(JsonObject spec)
    {
        var guaranteed = true;
        var any = false;
        foreach (var container in spec.Items("containers").Concat(spec.Items("initContainers")))
            foreach (var resource in new[] { "cpu", "memory" })
            {
                var request = Quantity.Parse(container.At("resources", "requests", resource)) ?? 0;
                var limit = Quantity.Parse(container.At("resources", "limits", resource)) ?? 0;
                any |= request > 0 || limit > 0;
                guaranteed &= limit > 0 && request == limit;
            }

        return !any ? "BestEffort" : guaranteed ? "Guaranteed" : "Burstable";
    }
}
