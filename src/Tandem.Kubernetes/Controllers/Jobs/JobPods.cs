using System.Globalization;
using k8s.Models;

namespace Tandem.Kubernetes.Controllers.Jobs;

/// <summary>The pods of a Job: how they are made, and what their state means to it. Pure.</summary>
internal static class JobPods
{
    /// <summary>Holds a pod until the Job has counted it.</summary>
    public const string Finalizer = "batch.kubernetes.io/job-tracking";

    private const string IndexKey = "batch.kubernetes.io/job-completion-index";
    private const string FailuresKey = "batch.kubernetes.io/job-index-failure-count";

    public static V1Pod For(V1Job job, int? index, int failures)
    {
        var pod = PodTemplates.Pod(job.Spec.Template, job);
        pod.Metadata.Finalizers = [.. pod.Metadata.Finalizers ?? [], Finalizer];
        if (index is not { } number)
            return pod;
        var text = number.ToString(CultureInfo.InvariantCulture);
        pod.Metadata.GenerateName = $"{job.Metadata.Name}-{text}-";
        pod.Metadata.Labels[IndexKey] = text;
        pod.Metadata.Annotations ??= new Dictionary<string, string>();
        pod.Metadata.Annotations[IndexKey] = text;
        if (job.Spec.BackoffLimitPerIndex is not null)
            pod.Metadata.Annotations[FailuresKey] = failures.ToString(CultureInfo.InvariantCulture);
        if (string.IsNullOrEmpty(pod.Spec.Hostname))
            pod.Spec.Hostname = $"{job.Metadata.Name}-{text}";
        foreach (var container in pod.Spec.Containers.Concat(pod.Spec.InitContainers ?? []))
            if (container.Env?.Any(e => e.Name == "JOB_COMPLETION_INDEX") != true)
                container.Env =
                [
                    .. container.Env ?? [],
                    new V1EnvVar { Name = "JOB_COMPLETION_INDEX", ValueFrom = new V1EnvVarSource { FieldRef = new V1ObjectFieldSelector { FieldPath = $"metadata.annotations['{IndexKey}']" } } },
                ];
        return pod;
    }

    public static int IndexOf(V1Pod pod) => Annotation(pod, IndexKey) ?? -1;

    /// <summary>How often this pod's index had failed before it.</summary>
    public static int FailuresBefore(V1Pod pod) => Annotation(pod, FailuresKey) ?? 0;

    public static bool IsTracked(V1Pod pod) => pod.Metadata.Finalizers?.Contains(Finalizer) == true;

    /// <summary>Whether the pod counts as failed: one that is being deleted already does unless the Job waits for its end.</summary>
    public static bool IsFailed(V1Job job, V1Pod pod) =>
        pod.Status?.Phase == "Failed"
        || (pod.Metadata.DeletionTimestamp is not null && pod.Status?.Phase != "Succeeded"
            && (job.Spec.PodReplacementPolicy != "Failed" || pod.Metadata.DeletionGracePeriodSeconds is null or 0));

    public static DateTime FinishedAt(V1Pod pod, DateTime now) =>
        (pod.Status?.ContainerStatuses ?? []).Select(c => c.State?.Terminated?.FinishedAt).Max() ?? pod.Metadata.DeletionTimestamp ?? now;

    private static int? Annotation(V1Pod pod, string key) =>
        pod.Metadata.Annotations?.TryGetValue(key, out var text) == true && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
