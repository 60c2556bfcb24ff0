using k8s.Models;

namespace Tandem.Kubernetes.Controllers.Autoscaling;

/// <summary>Keeps an autoscaler's conditions.</summary>
internal static class AutoscalerConditions
{
    public static void Set(
        this V2HorizontalPodAutoscalerStatus status, string type, bool isTrue, (string Reason, string Message) why, DateTimeOffset now)
    {
        status.Conditions ??= [];
        var condition = status.Conditions.FirstOrDefault(c => c.Type == type);
        if (condition is null)
            status.Conditions.Add(condition = new V2HorizontalPodAutoscalerCondition { Type = type });
        var text = isTrue ? "True" : "False";
        if (condition.Status != text)
            condition.LastTransitionTime = now.UtcDateTime;
        (condition.Status, condition.Reason, condition.Message) = (text, why.Reason, why.Message);
    }
}
