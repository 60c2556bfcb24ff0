using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Grpc.Core;
using k8s.Models;
using Tandem.Kubernetes.Node.Cri;
using Tandem.Kubernetes.Node.Cri.V1;
using ContainerState = Tandem.Kubernetes.Node.Cri.V1.ContainerState;

namespace Tandem.Kubernetes.Node.Pods;

/// <summary>Reads a pod's sandboxes and containers from the runtime, found by the labels they carry.</summary>
internal sealed class PodRuntimeReader(CriClient cri, PodPaths paths)
{
    private const int TerminationMessageLimit = 4096;

    // What has exited changes no more.
    private readonly ConcurrentDictionary<string, ContainerInstance> _exited = new();

    public async Task<PodRuntime> ReadAsync(string uid, CancellationToken cancellationToken)
    {
        var sandboxes = await ReadSandboxesAsync(uid, cancellationToken);
        var containers = await ReadContainersAsync(uid, cancellationToken);
        return new PodRuntime(sandboxes, containers);
    }

    public void Forget(PodRuntime runtime)
    {
        foreach (var container in runtime.Containers)
            _exited.TryRemove(container.Id, out _);
    }

    private async Task<List<Sandbox>> ReadSandboxesAsync(string uid, CancellationToken cancellationToken)
    {
        var filter = new PodSandboxFilter { LabelSelector = { [CriLabels.PodUid] = uid } };
        var list = await cri.Runtime.ListPodSandboxAsync(
            new ListPodSandboxRequest { Filter = filter }, cancellationToken: cancellationToken);
        var result = new List<Sandbox>();
        foreach (var item in list.Items.OrderByDescending(s => s.CreatedAt))
        {
            var ready = item.State == PodSandboxState.SandboxReady;
            var ip = ready ? await AddressAsync(item.Id, cancellationToken) : "";
            result.Add(new Sandbox(item.Id, item.Metadata.Attempt, ready, item.CreatedAt, ip));
        }

        return result;
    }

    private async Task<string> AddressAsync(string sandbox, CancellationToken cancellationToken)
    {
        try
        {
            var status = await cri.Runtime.PodSandboxStatusAsync(
                new PodSandboxStatusRequest { PodSandboxId = sandbox }, cancellationToken: cancellationToken);
            return status.Status.Network?.Ip ?? "";
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.NotFound)
        {
            return ""; // removed between the two calls
        }
    }

    private async Task<List<ContainerInstance>> ReadContainersAsync(string uid, CancellationToken cancellationToken)
    {
        var filter = new ContainerFilter { LabelSelector = { [CriLabels.PodUid] = uid } };
        var list = await cri.Runtime.ListContainersAsync(
            new ListContainersRequest { Filter = filter }, cancellationToken: cancellationToken);
        var result = new List<ContainerInstance>();
        foreach (var item in list.Containers.OrderByDescending(c => c.CreatedAt))
        {
            if (_exited.TryGetValue(item.Id, out var known) || (known = await ReadContainerAsync(item, uid, cancellationToken)) is not null)
                result.Add(known);
        }

        return result;
    }

    private async Task<ContainerInstance?> ReadContainerAsync(Container item, string uid, CancellationToken cancellationToken)
    {
        ContainerStatus status;
        try
        {
            status = (await cri.Runtime.ContainerStatusAsync(
                new ContainerStatusRequest { ContainerId = item.Id }, cancellationToken: cancellationToken)).Status;
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.NotFound)
        {
            return null; // removed between the two calls
        }

        var name = item.Labels.GetValueOrDefault(CriLabels.ContainerName) ?? item.Metadata.Name;
        var restarts = item.Annotations.TryGetValue(CriLabels.RestartCount, out var text)
            && int.TryParse(text, CultureInfo.InvariantCulture, out var count) ? count : (int)item.Metadata.Attempt;
        var instance = new ContainerInstance
        {
            Id = item.Id,
            Name = name,
            SandboxId = item.PodSandboxId,
            RestartCount = restarts,
            Hash = item.Annotations.GetValueOrDefault(CriLabels.Hash) ?? "",
            Phase = status.State switch
            {
                ContainerState.ContainerCreated => ContainerPhase.Created,
                ContainerState.ContainerRunning => ContainerPhase.Running,
                ContainerState.ContainerExited => ContainerPhase.Exited,
                _ => ContainerPhase.Unknown,
            },
            CreatedAt = status.CreatedAt,
            StartedAt = FromNanoseconds(status.StartedAt),
            FinishedAt = FromNanoseconds(status.FinishedAt),
            ExitCode = status.ExitCode,
            Reason = status.Reason,
            Message = status.Message,
            ImageId = status.ImageRef,
        };
        if (!instance.Exited)
            return instance;

        instance = instance with { Message = TerminationMessage(instance, item, uid) };
        _exited[item.Id] = instance;
        return instance;
    }

    private string TerminationMessage(ContainerInstance instance, Container item, string uid)
    {
        var file = paths.TerminationMessage(uid, instance.Name, instance.RestartCount);
        var message = File.Exists(file) ? Tail(file, TerminationMessageLimit) : "";
        if (message.Length > 0 || instance.ExitCode == 0
            || item.Annotations.GetValueOrDefault(CriLabels.TerminationMessagePolicy) != "FallbackToLogsOnError")
            return message.Length > 0 ? message : instance.Message;

        var metadata = new V1ObjectMeta
        {
            Name = item.Labels.GetValueOrDefault(CriLabels.PodName),
            NamespaceProperty = item.Labels.GetValueOrDefault(CriLabels.PodNamespace),
            Uid = uid,
        };
        var log = paths.LogFile(metadata, instance.Name, instance.RestartCount);
        return File.Exists(log) ? Logs.CriLogLine.PlainText(Tail(log, 2048)) : instance.Message;
    }

    private static string Tail(string file, int limit)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        stream.Seek(Math.Max(0, stream.Length - limit), SeekOrigin.Begin);
        var bytes = new byte[Math.Min(limit, stream.Length)];
        var read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return Encoding.UTF8.GetString(bytes, 0, read);
    }

    // Container status counts nanoseconds since 1970, 0 where it has not happened.
    private static DateTimeOffset FromNanoseconds(long value) =>
        value <= 0 ? default : DateTimeOffset.UnixEpoch.AddTicks(value / TimeSpan.NanosecondsPerTick);
}
