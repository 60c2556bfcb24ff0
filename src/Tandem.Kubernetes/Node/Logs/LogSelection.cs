using k8s.Models;

namespace Tandem.Kubernetes.Node.Logs;

/// <summary>Which container instance's log is meant, by what the pod's status says. Pure.</summary>
/// <param name="Container">Name of the container.</param>
/// <param name="Restart">Number of the instance, as in the log file's name.</param>
/// <param name="ContainerId">Its id in the runtime.</param>
internal sealed record LogSelection(string Container, int Restart, string ContainerId)
{
    /// <exception cref="ContainerLogException">There is no such log.</exception>
    public static LogSelection Choose(V1Pod pod, string? container, bool previous)
    {
        var name = Name(pod, container);
        var status = (pod.Status?.ContainerStatuses ?? []).Concat(pod.Status?.InitContainerStatuses ?? [])
            .FirstOrDefault(s => s.Name == name)
            ?? throw new ContainerWaitingException($"container \"{name}\" in pod \"{pod.Metadata.Name}\" is not available");
        var last = status.LastState?.Terminated;
        // While it waits for its restart, the newest instance is the one that ended last.
        var waiting = status.State?.Running is null && status.State?.Terminated is null;
        if (previous)
        {
            return last?.ContainerID is { Length: > 0 } id
                ? new LogSelection(name, waiting ? status.RestartCount : status.RestartCount - 1, Id(id))
                : throw new PreviousContainerNotFoundException($"previous terminated container \"{name}\" in pod \"{pod.Metadata.Name}\" not found");
        }

        if (!waiting && status.ContainerID is { Length: > 0 } current)
            return new LogSelection(name, status.RestartCount, Id(current));
        if (last?.ContainerID is { Length: > 0 } ended)
            return new LogSelection(name, status.RestartCount, Id(ended));
        var reason = status.State?.Waiting?.Reason switch
        {
            "ErrImagePull" => "image can't be pulled",
            "ImagePullBackOff" => "trying and failing to pull image",
            { Length: > 0 } other => other,
            _ => "ContainerCreating",
        };
        throw new ContainerWaitingException($"container \"{name}\" in pod \"{pod.Metadata.Name}\" is waiting to start: {reason}");
    }

    private static string Name(V1Pod pod, string? container)
    {
        var init = pod.Spec.InitContainers ?? [];
        if (string.IsNullOrEmpty(container))
        {
            if (pod.Metadata.Annotations is { } annotations
                && annotations.TryGetValue("kubectl.kubernetes.io/default-container", out var preferred) && preferred.Length > 0)
                container = preferred;
            else if (pod.Spec.Containers.Count == 1 && init.Count == 0)
                return pod.Spec.Containers[0].Name;
            else
                throw new ContainerNotFoundException(Choice(pod, init));
        }

        return pod.Spec.Containers.Concat(init).Any(c => c.Name == container)
            ? container
            : throw new ContainerNotFoundException($"container {container} is not valid for pod {pod.Metadata.Name}");
    }

    private static string Choice(V1Pod pod, IList<V1Container> init)
    {
        var text = $"a container name must be specified for pod {pod.Metadata.Name}, choose one of: [{string.Join(' ', pod.Spec.Containers.Select(c => c.Name))}]";
        return init.Count > 0 ? $"{text} or one of the init containers: [{string.Join(' ', init.Select(c => c.Name))}]" : text;
    }

    private static string Id(string containerId) => containerId[(containerId.IndexOf("://", StringComparison.Ordinal) + 3)..];
}
