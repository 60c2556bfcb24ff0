using k8s.Models;
using Tandem.Kubernetes.Node.Pods;

namespace Tandem.Kubernetes.Node.Admission;

/// <summary>Whether one pod may begin, and whether it may go on: refused at first sight, past its deadline, or evicted.</summary>
internal sealed class PodJudge(PodServices services)
{
    private bool _admitted;

    /// <summary>Once there is one, it stays.</summary>
    public PodVerdict? Verdict { get; private set; }

    /// <summary>The node needs what the pod uses.</summary>
    public void Evict(PodVerdict verdict) => Verdict ??= verdict;

    /// <param name="pod">A pod that has not finished.</param>
    /// <param name="runtime">What the runtime holds of it.</param>
    public PodVerdict? Judge(V1Pod pod, PodRuntime runtime)
    {
        if (Verdict is not null)
            return Verdict;
        if (Refusal(pod, runtime) is { } refusal)
        {
            services.Api.Event(pod, null, "Warning", refusal.Reason, refusal.Message);
            Verdict = refusal with { Message = "Pod was rejected: " + refusal.Message };
        }
        else if (TimeLeft(pod) is { } left && left <= TimeSpan.Zero)
        {
            Verdict = new PodVerdict("DeadlineExceeded", "Pod was active on the node longer than the specified deadline");
            services.Api.Event(pod, null, "Normal", Verdict.Reason, Verdict.Message);
        }

        return Verdict;
    }

    /// <summary>How long the pod may still be active, or null where nothing limits it.</summary>
    public TimeSpan? TimeLeft(V1Pod pod) => pod is { Spec.ActiveDeadlineSeconds: { } seconds, Status.StartTime: { } start }
        ? new DateTimeOffset(start.ToUniversalTime()).AddSeconds(seconds) - services.Time.GetUtcNow() : null;

    // What runs already, as after the agent was restarted, was admitted then.
    private PodVerdict? Refusal(V1Pod pod, PodRuntime runtime)
    {
        var refusal = _admitted || runtime.Sandboxes.Count > 0 || pod.Status?.ContainerStatuses is not null 
            ? null : PodAdmission.Check(pod, services.HasAppArmor) ?? PressureAdmission.Check(pod, services.Pressure.Conditions);
        _admitted = refusal is null;
        return refusal;
    }
}
