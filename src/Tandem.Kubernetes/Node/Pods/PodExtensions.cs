using k8s.Models;

namespace Tandem.Kubernetes.Node.Pods;

/// <summary>Questions about a pod's specification that several parts ask.</summary>
internal static class PodExtensions
{
    public static bool IsTerminating(this V1Pod pod) => pod.Metadata.DeletionTimestamp is not null;

    public static bool IsFinished(this V1Pod pod) => pod.Status?.Phase is "Succeeded" or "Failed";

    public static bool UsesHostNetwork(this V1Pod pod) => pod.Spec.HostNetwork == true;

    public static string RestartPolicy(this V1Pod pod) => pod.Spec.RestartPolicy ?? "Always";

    public static IList<V1Container> InitContainers(this V1Pod pod) => pod.Spec.InitContainers ?? [];

    /// <summary>An init container that keeps running beside the main ones (KEP-753).</summary>
    public static bool IsSidecar(this V1Container container) => container.RestartPolicy == "Always";

    public static V1Container? FindContainer(this V1Pod pod, string name) =>
        pod.Spec.Containers.Concat(pod.InitContainers()).Concat(pod.EphemeralContainers()).FirstOrDefault(c => c.Name == name);

    /// <summary>What the API last was told of a container of any sort, or null.</summary>
    public static V1ContainerStatus? FindStatus(this V1Pod pod, string name) =>
        (pod.Status?.ContainerStatuses ?? []).Concat(pod.Status?.InitContainerStatuses ?? []).Concat(pod.Status?.EphemeralContainerStatuses ?? [])
            .FirstOrDefault(s => s.Name == name);

    /// <summary>The pod's ephemeral containers, as containers like the others.</summary>
    public static IEnumerable<V1Container> EphemeralContainers(this V1Pod pod) => (pod.Spec.EphemeralContainers ?? []).Select(e => new V1Container
    {
        Name = e.Name,
        Image = e.Image,
        Command = e.Command,
        Args = e.Args,
        WorkingDir = e.WorkingDir,
        EnvFrom = e.EnvFrom,
        Env = e.Env,
        VolumeMounts = e.VolumeMounts,
        TerminationMessagePath = e.TerminationMessagePath,
        TerminationMessagePolicy = e.TerminationMessagePolicy,
        ImagePullPolicy = e.ImagePullPolicy,
        SecurityContext = e.SecurityContext,
        Stdin = e.Stdin,
        StdinOnce = e.StdinOnce,
        Tty = e.Tty,
    });

    /// <summary>The limit of "cpu" (cores) or "memory" (bytes), or null.</summary>
    public static decimal? Limit(this V1Container container, string resource) =>
        container.Resources?.Limits is { } limits && limits.TryGetValue(resource, out var quantity) ? quantity.ToDecimal() : null;

    /// <summary>The request of "cpu" (cores) or "memory" (bytes), or null.</summary>
    public static decimal? Request(this V1Container container, string resource) =>
        container.Resources?.Requests is { } requests && requests.TryGetValue(resource, out var quantity) ? quantity.ToDecimal() : null;

    public static string Ref(this V1Pod pod) => $"{pod.Metadata.Name}_{pod.Metadata.NamespaceProperty}({pod.Metadata.Uid})";

    public static string Hostname(this V1Pod pod)
    {
        var name = string.IsNullOrEmpty(pod.Spec.Hostname) ? pod.Metadata.Name : pod.Spec.Hostname;
        return name.Length <= 63 ? name : name[..63].TrimEnd('-', '.');
    }

    /// <summary>Seconds between SIGTERM and SIGKILL; at least 1, also for a forced deletion.</summary>
    public static long GraceSeconds(this V1Pod pod) =>
        Math.Max(1, pod.Metadata.DeletionGracePeriodSeconds ?? pod.Spec.TerminationGracePeriodSeconds ?? 30);

    /// <summary>
    /// Guaranteed, Burstable or BestEffort: the class the API recorded, or worked out the same way where it has not.
    /// </summary>
    public static string QosClass(this V1Pod pod)
    {
        if (!string.IsNullOrEmpty(pod.Status?.QosClass))
            return pod.Status.QosClass;

        var containers = pod.Spec.Containers.Concat(pod.InitContainers()).ToList();
        var any = false;
        var guaranteed = true;
        foreach (var container in containers)
        {
            foreach (var name in (ReadOnlySpan<string>)["cpu", "memory"])
            {
                var limit = container.Limit(name) ?? 0;
                var request = container.Request(name) ?? limit;
                any |= limit > 0 || request > 0;
                guaranteed &= limit > 0 && limit == request;
            }
        }

        return !any ? "BestEffort" : guaranteed ? "Guaranteed" : "Burstable";
    }
}
