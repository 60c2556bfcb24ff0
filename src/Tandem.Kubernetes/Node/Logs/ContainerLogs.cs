using Grpc.Core;
using k8s.Models;
using Tandem.Kubernetes.Node.Cri;
using Tandem.Kubernetes.Node.Cri.V1;
using Tandem.Kubernetes.Node.Pods;

namespace Tandem.Kubernetes.Node.Logs;

/// <summary>The logs of this node's containers, for the API's <c>pods/log</c>.</summary>
/// <param name="options">The node.</param>
/// <param name="time">The clock.</param>
public sealed class ContainerLogs(NodeOptions options, TimeProvider time) : IDisposable
{
    private readonly CriClient _cri = new(options.ContainerdSocket);
    private readonly PodPaths _paths = new(options);
    private readonly LogFileReader _reader = new(time);

    /// <summary>Finds the log that is meant, before anything is answered.</summary>
    /// <param name="pod">The pod, with its status as the API has it.</param>
    /// <param name="request">What is asked for.</param>
    /// <returns>Writes the log to a stream, to the end; to the end of the container where it is followed.</returns>
    /// <exception cref="ContainerLogException">There is no such log.</exception>
    public Func<Stream, CancellationToken, Task> Open(V1Pod pod, ContainerLogOptions request)
    {
        var chosen = LogSelection.Choose(pod, request.Container, request.Previous);
        var file = _paths.LogFile(pod.Metadata, chosen.Container, chosen.Restart);
        if (!File.Exists(file))
            throw new ContainerLogException($"unable to retrieve container logs for containerd://{chosen.ContainerId}");
        return (output, cancellationToken) => _reader.CopyAsync(
            file, request, stop => RunningAsync(chosen.ContainerId, stop), output, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _cri.Dispose();

    private async Task<bool> RunningAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await _cri.Runtime.ContainerStatusAsync(
                new ContainerStatusRequest { ContainerId = id }, cancellationToken: cancellationToken);
            return answer.Status.State is Cri.V1.ContainerState.ContainerRunning or Cri.V1.ContainerState.ContainerCreated;
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.NotFound)
        {
            return false;
        }
    }
}
