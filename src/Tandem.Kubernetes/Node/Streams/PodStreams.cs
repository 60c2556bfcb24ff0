using System.Text.Json.Nodes;
using Grpc.Core;
using k8s;
using k8s.Models;
using Tandem.Kubernetes.Api.Streams;
using Tandem.Kubernetes.Node.Cri;
using Tandem.Kubernetes.Node.Cri.V1;
using Tandem.Kubernetes.Node.Pods;

namespace Tandem.Kubernetes.Node.Streams;

/// <summary>
/// Streams of this node's containers, for the API: containerd prepares each at an address of its own on the loopback, good
/// for one use. Refusals are worded as the kubelet's.
/// </summary>
internal sealed class PodStreams(NodeOptions options) : IPodStreams, IDisposable
{
    private readonly CriClient _cri = new(options.ContainerdSocket);

    public async Task<Uri> ExecAsync(JsonObject pod, StreamOptions stream, CancellationToken cancellationToken)
    {
        var request = new ExecRequest
        {
            ContainerId = ContainerId(pod, stream.Container),
            Cmd = { stream.Command },
            Stdin = stream.Stdin,
            Stdout = stream.Stdout,
            Stderr = stream.Stderr,
            Tty = stream.Tty,
        };
        return await UrlAsync(async () => (await _cri.Runtime.ExecAsync(request, cancellationToken: cancellationToken)).Url);
    }

    public async Task<Uri> AttachAsync(JsonObject pod, StreamOptions stream, CancellationToken cancellationToken)
    {
        var request = new AttachRequest
        {
            ContainerId = ContainerId(pod, stream.Container),
            Stdin = stream.Stdin,
            Stdout = stream.Stdout,
            Stderr = stream.Stderr,
            Tty = stream.Tty,
        };
        return await UrlAsync(async () => (await _cri.Runtime.AttachAsync(request, cancellationToken: cancellationToken)).Url);
    }

    public Task<Uri> PortForwardAsync(JsonObject pod, IReadOnlyList<int> ports, CancellationToken cancellationToken) => UrlAsync(async () =>
    {
        var filter = new PodSandboxFilter { LabelSelector = { [CriLabels.PodUid] = pod.Text("metadata", "uid") } };
        var sandboxes = await _cri.Runtime.ListPodSandboxAsync(
            new ListPodSandboxRequest { Filter = filter }, cancellationToken: cancellationToken);
        var sandbox = sandboxes.Items.Where(s => s.State == PodSandboxState.SandboxReady).MaxBy(s => s.CreatedAt) ?? throw new StreamRefusedException(
            500, $"failed to find sandboxID for pod {KubernetesJson.Deserialize<V1Pod>(pod.ToJsonString()).Ref()}");
        var request = new PortForwardRequest { PodSandboxId = sandbox.Id, Port = { ports } };
        return (await _cri.Runtime.PortForwardAsync(request, cancellationToken: cancellationToken)).Url;
    });

    public void Dispose() => _cri.Dispose();

    private static string ContainerId(JsonObject pod, string name)
    {
        var id = new[] { "containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses" }
            .SelectMany(list => pod.Items("status", list)).FirstOrDefault(s => s.Text("name") == name)?.Text("containerID");
        return id is { Length: > 0 }
            ? id[(id.IndexOf("://", StringComparison.Ordinal) + 3)..]
            : throw new StreamRefusedException(500, $"container not found (\"{name}\")");
    }

    private static async Task<Uri> UrlAsync(Func<Task<string>> ask)
    {
        try
        {
            return new Uri(await ask());
        }
        catch (RpcException e) when (e.StatusCode != StatusCode.Cancelled)
        {
            var code = e.StatusCode switch { StatusCode.NotFound => 404, StatusCode.ResourceExhausted => 429, _ => 500 };
            throw new StreamRefusedException(code, $"rpc error: code = {e.StatusCode} desc = {e.Status.Detail}");
        }
    }
}
