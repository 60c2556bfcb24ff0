using k8s.Models;
using Tandem.Kubernetes.Api;
using Tandem.Kubernetes.Api.Errors;
using Tandem.Kubernetes.Node.Pods;

namespace Tandem.Kubernetes.Node.Logs;

/// <summary>Which container instance's log is meant, by what the pod's status says. Pure.</summary>
/// <param name="Container">Name of the container.</param>
/// <param name="Restart">Number of the instance, as in the log file's name.</param>
/// <param name="ContainerId">Its id in the runtime.</param>
internal sealed record LogSelection(string Container, int Restart, string ContainerId)
{
    /// <exception cref="ApiException">400: there is no such container.</exception>
    /// <exception cref="ContainerLogException">There is no such log.</exception>
    public static LogSelection Choose(V1Pod pod, string? container, bool previous)
    {
        var name = Name(pod, container);
        var status = pod.FindStatus(name)
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
        if (status.State?.Terminated is not null || last is not null)
            throw new ContainerWaitingException($"container \"{name}\" in pod \"{pod.Metadata.Name}\" is terminated");
        var reason = status.State?.Waiting?.Reason switch
        {
            "ErrImagePull" => "image can't be pulled",
            "ImagePullBackOff" => "trying and failing to pull image",
            { Length: > 0 } other => other,
            _ => "ContainerCreating",
        };
        throw new ContainerWaitingException($"container \"{name}\" in pod \"{pod.Metadata.Name}\" is waiting to start: {reason}");
    }

    /// <summary>The container that is meant.</summary>
    /// <exception cref="ApiException">400: there is no such container, or several and none was named.</exception>
    public static string Name(V1Pod pod, string? container) => ContainerChoice.Of(
        pod.Metadata.Name,
        container,
        [.. pod.InitContainers().Select(c => c.Name)],
        [.. pod.Spec.Containers.Select(c => c.Name)],
        [.. pod.EphemeralContainers().Select(c => c.Name)]);

    private static string Id(string containerId) => containerId[(containerId.IndexOf("://", StringComparison.Ordinal) + 3)..];
}
