using System.Globalization;
using System.Text.Json.Nodes;
using Tandem.Kubernetes.Resources.Core;

namespace Tandem.Kubernetes.Quotas;

/// <summary>Whether pods and claims are within the bounds of a LimitRange. Pure.</summary>
internal static class LimitBounds
{
    /// <returns>What is out of bounds, in the real server's words.</returns>
    public static IEnumerable<string> OfPod(JsonObject pod, IEnumerable<JsonObject> limits)
    {
        var spec = pod.Child("spec") ?? [];
        foreach (var limit in limits)
        {
            IEnumerable<(Usage Requests, Usage Limits)> measured = limit.Text("type") switch
            {
                "Container" => spec.Items("containers").Concat(spec.Items("initContainers")).Select(c => (PodUsage.Of(c, "requests"), PodUsage.Of(c, "limits"))),
                "Pod" => [(PodUsage.Total(spec, "requests"), PodUsage.Total(spec, "limits"))],
                _ => [],
            };
            foreach (var (requests, bounds) in measured)
                foreach (var error in Errors(limit, requests, bounds))
                    yield return error;
        }
    }

    /// <inheritdoc cref="OfPod"/>
    public static IEnumerable<string> OfClaim(JsonObject claim, IEnumerable<JsonObject> limits)
    {
        var requests = Usage.Read(claim.Child("spec", "resources", "requests"));
        foreach (var limit in limits.Where(l => l.Text("type") == "PersistentVolumeClaim"))
        {
            foreach (var (name, min) in Usage.Read(limit.Child("min")))
                if (Below("PersistentVolumeClaim", name, min, requests) is { } error)
                    yield return error;
            foreach (var (name, max) in Usage.Read(limit.Child("max")))
                if (!requests.TryGetValue(name, out var request))
                    yield return $"maximum {name} usage per PersistentVolumeClaim is {max}.  No request is specified";
                else if (request.Value > max.Value)
                    yield return $"maximum {name} usage per PersistentVolumeClaim is {max}, but request is {request}";
        }
    }

    private static IEnumerable<string> Errors(JsonObject limit, Usage requests, Usage bounds)
    {
        var type = limit.Text("type")!;
        foreach (var (name, min) in Usage.Read(limit.Child("min")))
            if (Below(type, name, min, requests) is { } low)
                yield return low;
            else if (bounds.TryGetValue(name, out var bound) && bound.Value < min.Value)
                yield return $"minimum {name} usage per {type} is {min}, but limit is {bound}";
        foreach (var (name, max) in Usage.Read(limit.Child("max")))
            if (!bounds.TryGetValue(name, out var bound))
                yield return $"maximum {name} usage per {type} is {max}.  No limit is specified";
            else if (bound.Value > max.Value)
                yield return $"maximum {name} usage per {type} is {max}, but limit is {bound}";
            else if (requests.TryGetValue(name, out var request) && request.Value > max.Value)
                yield return $"maximum {name} usage per {type} is {max}, but request is {request}";
        foreach (var (name, ratio) in Usage.Read(limit.Child("maxLimitRequestRatio")))
            if (Ratio(type, name, ratio, requests, bounds) is { } error)
                yield return error;
    }

    private static string? Below(string type, string name, Amount min, Usage requests) =>
        !requests.TryGetValue(name, out var request) ? $"minimum {name} usage per {type} is {min}.  No request is specified"
            : request.Value < min.Value ? $"minimum {name} usage per {type} is {min}, but request is {request}" : null;

    private static string? Ratio(string type, string name, Amount most, Usage requests, Usage bounds)
    {
        var rule = $"{name} max limit to request ratio per {type} is {most}";
        if (!requests.TryGetValue(name, out var request) || request.Value == 0)
            return $"{rule}, but no request is specified or request is 0";
        if (!bounds.TryGetValue(name, out var bound) || bound.Value == 0)
            return $"{rule}, but no limit is specified or limit is 0";
        var ratio = bound.Value / request.Value;
        return ratio > most.Value ? string.Create(CultureInfo.InvariantCulture, $"{rule}, but provided ratio is {ratio:F6}") : null;
    }
}
