using System.Text.Json.Nodes;
using Tandem.Kubernetes.Api.Errors;

namespace Tandem.Kubernetes.Api.Evictions;

/// <summary>What a PodDisruptionBudget says to an eviction. Pure.</summary>
internal static class EvictionBudget
{
    /// <summary>Evictions that the controller has not seen yet; more than this and it must be out of order.</summary>
    private const int MaxDisruptedPods = 2000;

    private const string Refusal = "Cannot evict pod as it would violate the pod's disruption budget.";

    /// <summary>Whether the pod is not counted as healthy and may go without using the budget up.</summary>
    public static bool IsFree(JsonObject pod, JsonObject budget)
    {
        if (pod.Items("status", "conditions").Any(c => c.Text("type") == "Ready" && c.Text("status") == "True"))
            return false;
        var desired = Count(budget, "desiredHealthy");
        return budget.Text("spec", "unhealthyPodEvictionPolicy") == "AlwaysAllow" || (desired > 0 && Count(budget, "currentHealthy") >= desired);
    }

    /// <summary>Takes one disruption.</summary>
    /// <param name="budget">The live budget, which is changed.</param>
    /// <param name="pod">Whom it is for: the controller counts it as gone from now on.</param>
    /// <param name="now">In RFC 3339.</param>
    /// <exception cref="ApiException">429 where none is left or the budget is not up to date.</exception>
    public static JsonObject Spend(JsonObject budget, string pod, string now)
    {
        var name = budget.Text("metadata", "name")!;
        var status = budget.Ensure("status");
        if (Count(budget, "observedGeneration") < (budget.Number("metadata", "generation") ?? 0))
            throw StillProcessed(name);
        var allowed = Count(budget, "disruptionsAllowed");
        if (allowed < 0)
            throw ApiException.Forbidden("poddisruptionbudget", name, "pdb disruptions allowed is negative", "policy");
        if (status.Child("disruptedPods")?.Count > MaxDisruptedPods)
            throw ApiException.Forbidden(
                "poddisruptionbudget", name, "DisruptedPods map too big - too many evictions not confirmed by PDB controller", "policy");
        if (allowed == 0)
            throw Exhausted(budget, name);
        status["disruptionsAllowed"] = allowed - 1;
        if (allowed == 1)
            SetCondition(
                status,
                new JsonObject
                {
                    ["type"] = "DisruptionAllowed", ["status"] = "False", ["observedGeneration"] = Count(budget, "observedGeneration"),
                    ["lastTransitionTime"] = now, ["reason"] = "InsufficientPods", ["message"] = "",
                });
        status.Ensure("disruptedPods")[pod] = now;
        return budget;
    }

    /// <summary>The pod with the condition that tells why it goes (KEP-3329).</summary>
    public static JsonObject Marked(JsonObject pod, string now)
    {
        SetCondition(
            pod.Ensure("status"),
            new JsonObject
            {
                ["type"] = "DisruptionTarget", ["status"] = "True", ["lastProbeTime"] = null, ["lastTransitionTime"] = now,
                ["reason"] = "EvictionByEvictionAPI", ["message"] = "Eviction API: evicting",
            });
        return pod;
    }

    /// <summary>The budget is not up to date: the client is to come again.</summary>
    public static ApiException StillProcessed(string budget) =>
        TooManyRequests($"The disruption budget {budget} is still being processed by the server.", retryAfterSeconds: 10);

    private static ApiException Exhausted(JsonObject budget, string name)
    {
        var failed = budget.Items("status", "conditions").FirstOrDefault(c => c.Text("type") == "DisruptionAllowed" && c.Text("reason") == "SyncFailed");
        var (desired, current) = (Count(budget, "desiredHealthy"), Count(budget, "currentHealthy"));
        var why = failed is not null ? $"does not allow evicting pods currently because it failed sync: {failed.Text("message")}"
            : current <= desired ? $"needs {desired} healthy pods and has {current} currently"
            : "does not allow evicting pods currently";
        return TooManyRequests($"The disruption budget {name} {why}", retryAfterSeconds: null);
    }

    private static ApiException TooManyRequests(string why, int? retryAfterSeconds)
    {
        var details = new JsonObject
        {
            ["causes"] = new JsonArray(new JsonObject { ["reason"] = "DisruptionBudget", ["message"] = why }),
        };
        if (retryAfterSeconds is { } seconds)
            details["retryAfterSeconds"] = seconds;
        return new ApiException(429, "TooManyRequests", Refusal, details) { RetryAfterSeconds = retryAfterSeconds };
    }

    private static void SetCondition(JsonObject status, JsonObject condition)
    {
        if (status["conditions"] is not JsonArray conditions)
            status["conditions"] = conditions = [];
        var known = conditions.OfType<JsonObject>().FirstOrDefault(c => c.Text("type") == condition.Text("type"));
        if (known is not null)
        {
            if (known.Text("status") == condition.Text("status"))
                condition["lastTransitionTime"] = known["lastTransitionTime"]?.DeepClone();
            conditions.Remove(known);
        }

        conditions.Add(condition);
    }

    private static long Count(JsonObject budget, string field) => budget.Number("status", field) ?? 0;
}
