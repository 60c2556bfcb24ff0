using System.Text.Json.Nodes;

namespace Tandem.Kubernetes.Api.Streams;

/// <summary>
/// Where the streams of containers come from: the node, which prepares one and says where to fetch it. What listens there
/// speaks SPDY/3.1 and the older WebSocket protocols, as a container runtime does.
/// </summary>
internal interface IPodStreams
{
    /// <summary>Prepares a command in a running container.</summary>
    /// <exception cref="StreamRefusedException">There is no such container, or the runtime refused.</exception>
    Task<Uri> ExecAsync(JsonObject pod, StreamOptions options, CancellationToken cancellationToken);

    /// <summary>Prepares the streams of a container's own process; whether it has a terminal is the container's to say.</summary>
    /// <exception cref="StreamRefusedException">There is no such container, or the runtime refused.</exception>
    Task<Uri> AttachAsync(JsonObject pod, StreamOptions options, CancellationToken cancellationToken);

    /// <summary>Prepares connections to ports of the pod.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="ports">The ports that the WebSocket protocol fixes beforehand; SPDY names them stream by stream.</param>
    /// <param name="cancellationToken">The client has gone.</param>
    /// <exception cref="StreamRefusedException">The pod does not run, or the runtime refused.</exception>
    Task<Uri> PortForwardAsync(JsonObject pod, IReadOnlyList<int> ports, CancellationToken cancellationToken);
}
