using k8s.Models;

namespace Tandem.Kubernetes.Controllers.Autoscaling;

/// <summary>
/// Holds a recommendation within bounds: the recent past, the rate of change, the least and the most. Pure but for the history. See
/// https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#configurable-scaling-behavior.
/// </summary>
internal static class ReplicaLimits
{
    /// <summary>How long a lower recommendation must hold before an autoscaler that says nothing of it scales down.</summary>
    private const int DefaultDownWindow = 300; // seconds

    /// <summary>What is to be done, and the conditions that say why.</summary>
    /// <param name="Replicas">The number to scale to.</param>
    /// <param name="Stable">Reason and message of AbleToScale.</param>
    /// <param name="IsLimited">Status of ScalingLimited.</param>
    /// <param name="Limit">Reason and message of ScalingLimited.</param>
    internal sealed record Decision(int Replicas, (string Reason, string Message) Stable, bool IsLimited, (string Reason, string Message) Limit);

    private static readonly (string, string) Ready = ("ReadyForNewScale", "recommended size matches current size");
    private static readonly (string, string) DownStabilized =
        ("ScaleDownStabilized", "recent recommendations were higher than current one, applying the highest recent recommendation");

    private static readonly (string, string) UpStabilized =
        ("ScaleUpStabilized", "recent recommendations were lower than current one, applying the lowest recent recommendation");

    private static readonly (string, string) UpLimit = ("ScaleUpLimit", "the desired replica count is increasing faster than the maximum scale rate");
    private static readonly (string, string) DownLimit = ("ScaleDownLimit", "the desired replica count is decreasing faster than the maximum scale rate");
    private static readonly (string, string) TooMany = ("TooManyReplicas", "the desired replica count is more than the maximum replica count");
    private static readonly (string, string) TooFew = ("TooFewReplicas", "the desired replica count is less than the minimum replica count");
    private static readonly (string, string) Within = ("DesiredWithinRange", "the desired count is within the acceptable range");

    /// <param name="spec">The autoscaler's specification.</param>
    /// <param name="current">The replicas that there are.</param>
    /// <param name="desired">What the metrics ask for.</param>
    /// <param name="history">The past; the recommendation is added to it.</param>
    /// <param name="now">The time, by the clock of the history.</param>
    public static Decision Decide(V2HorizontalPodAutoscalerSpec spec, int current, int desired, ScaleHistory history, TimeSpan now)
    {
        var behavior = spec.Behavior;
        var isUp = desired >= current && behavior is not null;
        var window = TimeSpan.FromSeconds(
            isUp ? behavior?.ScaleUp?.StabilizationWindowSeconds ?? 0 : behavior?.ScaleDown?.StabilizationWindowSeconds ?? DefaultDownWindow);
        var recent = history.Recommendations(window, now).Append(desired);
        var stabilized = isUp ? recent.Min() : recent.Max();
        history.Recommend(desired, now);

        var (replicas, limit) = behavior is null
            ? ByRule(current, stabilized, spec.MinReplicas ?? 1, spec.MaxReplicas)
            : ByRate(behavior, current, stabilized, spec.MinReplicas ?? 1, spec.MaxReplicas, history, now);
        return new Decision(replicas, stabilized == desired ? Ready : isUp ? UpStabilized : DownStabilized, replicas != stabilized, limit);
    }

    private static (int, (string, string)) ByRule(int current, int desired, int min, int max)
    {
        var fastest = Math.Max(2 * current, 4);
        var most = Math.Min(max, fastest);
        if (desired < min)
            return (min, TooFew);
        return desired > most ? (most, max > fastest ? UpLimit : TooMany) : (desired, Within);
    }

    private static (int, (string, string)) ByRate(
        V2HorizontalPodAutoscalerBehavior behavior, int current, int desired, int min, int max, ScaleHistory history, TimeSpan now)
    {
        if (desired > current)
        {
            var fastest = Math.Max(current, Fastest(behavior.ScaleUp, current, p => current - history.Added(p, now), isUp: true));
            if (desired > Math.Min(max, fastest))
                return max > fastest ? (fastest, UpLimit) : (max, TooMany);
        }
        else if (desired < current)
        {
            var fastest = Math.Min(current, Fastest(behavior.ScaleDown, current, p => current + history.Removed(p, now), isUp: false));
            if (desired < Math.Max(min, fastest))
                return min < fastest ? (fastest, DownLimit) : (min, TooFew);
        }

        return (desired, Within);
    }

    /// <summary>As far as the policies allow to go.</summary>
    private static int Fastest(V2HPAScalingRules rules, int current, Func<TimeSpan, int> atPeriodStart, bool isUp)
    {
        if (rules.SelectPolicy == "Disabled")
            return current;
        var proposals = rules.Policies.Select(policy =>
        {
            var start = atPeriodStart(TimeSpan.FromSeconds(policy.PeriodSeconds));
            var sign = isUp ? 1 : -1;
            if (policy.Type == "Pods")
                return start + (sign * policy.Value);
            var share = start * (1 + (sign * policy.Value / 100.0));
            return (int)(isUp ? Math.Ceiling(share) : share);
        });

        // The largest change is the highest number on the way up and the lowest on the way down.
        return isUp == (rules.SelectPolicy != "Min") ? proposals.Max() : proposals.Min();
    }
}
