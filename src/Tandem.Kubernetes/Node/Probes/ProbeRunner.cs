using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Net.Client;
using k8s.Models;
using Tandem.Kubernetes.Node.Cri;
using Tandem.Kubernetes.Node.Cri.V1;
using Tandem.Kubernetes.Node.Probes.GrpcHealth;

namespace Tandem.Kubernetes.Node.Probes;

/// <summary>Asks one container one question: by command, HTTP, TCP or gRPC.</summary>
internal sealed class ProbeRunner(CriClient cri, TimeProvider time) : IDisposable
{
    private readonly HttpProbe _http = new();

    public async Task<ProbeResult> RunAsync(
        V1Container container, string containerId, string podIp, V1Probe probe, CancellationToken cancellationToken)
    {
        var timeout = TimeSpan.FromSeconds(Math.Max(1, probe.TimeoutSeconds ?? 1));
        using var limit = new CancellationTokenSource(timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            if (probe.Exec is { } exec)
                return await ExecAsync(containerId, exec.Command ?? [], timeout, cancellationToken);
            if (probe.HttpGet is { } http)
                return await HttpAsync(container, podIp, http, limit.Token, cancellationToken);
            if (probe.TcpSocket is { } tcp)
                return await TcpAsync(tcp.Host ?? podIp, Port(container, tcp.Port), limit.Token, cancellationToken);
            if (probe.Grpc is { } grpc)
                return await GrpcAsync(podIp, grpc, both.Token);
            return new ProbeResult(null, "the probe has no handler");
        }
        catch (OperationCanceledException) when (probe.Grpc is not null && !cancellationToken.IsCancellationRequested)
        {
            return new ProbeResult(false, $"timeout: health rpc did not complete within {timeout.TotalSeconds.ToString(CultureInfo.InvariantCulture)}s: context deadline exceeded");
        }
        catch (FormatException e)
        {
            return new ProbeResult(null, e.Message);
        }
    }

    /// <summary>Runs a command in a container to its end.</summary>
    public async Task<ProbeResult> ExecAsync(
        string containerId, IEnumerable<string> command, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var request = new ExecSyncRequest { ContainerId = containerId, Timeout = (long)Math.Ceiling(timeout.TotalSeconds) };
        request.Cmd.AddRange(command);
        try
        {
            var answer = await cri.Runtime.ExecSyncAsync(request, cancellationToken: cancellationToken);
            var output = Encoding.UTF8.GetString([.. answer.Stdout.Span, .. answer.Stderr.Span]);
            return new ProbeResult(answer.ExitCode == 0, output);
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.DeadlineExceeded)
        {
            return new ProbeResult(false, $"command timed out: \"{string.Join(' ', command)}\" timed out after {timeout.TotalSeconds.ToString(CultureInfo.InvariantCulture)}s");
        }
        catch (RpcException e) when (e.StatusCode != StatusCode.Cancelled)
        {
            return new ProbeResult(null, $"rpc error: code = {e.StatusCode} desc = {e.Status.Detail}");
        }
    }

    public Task<ProbeResult> HttpAsync(
        V1Container container, string podIp, V1HTTPGetAction action, CancellationToken timeout, CancellationToken cancellationToken) =>
        _http.RunAsync(action, string.IsNullOrEmpty(action.Host) ? podIp : action.Host, Port(container, action.Port), timeout, cancellationToken);

    public void Dispose() => _http.Dispose();

    /// <summary>A port by number, or by its name among the container's ports.</summary>
    /// <exception cref="FormatException">The container has no port of that name.</exception>
    public static int Port(V1Container container, IntOrString port)
    {
        var text = port.Value;
        if (int.TryParse(text, CultureInfo.InvariantCulture, out var number))
            return number;
        return container.Ports?.FirstOrDefault(p => p.Name == text)?.ContainerPort
            ?? throw new FormatException($"couldn't find port: \"{text}\" for container {container.Name}");
    }

    private static async Task<ProbeResult> TcpAsync(string host, int port, CancellationToken timeout, CancellationToken cancellationToken)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout, cancellationToken);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(host, port, both.Token);
            return new ProbeResult(true, "");
        }
        catch (SocketException e)
        {
            return new ProbeResult(false, GoWording.Dial(host, port, e));
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            return new ProbeResult(false, GoWording.DialTimeout(host, port));
        }
    }

    private static async Task<ProbeResult> GrpcAsync(string host, V1GRPCAction action, CancellationToken cancellationToken)
    {
        using var channel = GrpcChannel.ForAddress($"http://{host}:{action.Port}");
        try
        {
            var answer = await new Health.HealthClient(channel).CheckAsync(
                new HealthCheckRequest { Service = action.Service ?? "" }, cancellationToken: cancellationToken);
            return answer.Status == HealthCheckResponse.Types.ServingStatus.Serving
                ? new ProbeResult(true, "")
                : new ProbeResult(false, $"service unhealthy (responded with \"{Name(answer.Status)}\")");
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.Unimplemented)
        {
            return new ProbeResult(false, $"error: this server does not implement the grpc health protocol (grpc.health.v1.Health): {e.Status.Detail}");
        }
        catch (RpcException e) when (e.StatusCode != StatusCode.Cancelled)
        {
            return new ProbeResult(false, $"error: health rpc probe failed: rpc error: code = {e.StatusCode} desc = {e.Status.Detail}");
        }
        catch (RpcException e)
        {
            throw new OperationCanceledException(e.Message, e);
        }
    }

    // As the protocol names it: NOT_SERVING, not NotServing.
    private static string Name(HealthCheckResponse.Types.ServingStatus status) =>
        HealthReflection.Descriptor.FindTypeByName<MessageDescriptor>("HealthCheckResponse").EnumTypes[0].FindValueByNumber((int)status)?.Name
            ?? ((int)status).ToString(CultureInfo.InvariantCulture);
}
