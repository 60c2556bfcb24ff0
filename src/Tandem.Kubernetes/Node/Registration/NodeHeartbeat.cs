using System.Net;
using System.Text.Json.Nodes;
using Grpc.Core;
using k8s;
using k8s.Autorest;
using k8s.Models;
using Microsoft.Extensions.Logging;
using Tandem.Kubernetes.Node.Cri;
using Tandem.Kubernetes.Node.Cri.V1;
using Tandem.Kubernetes.Node.Eviction;
using Tandem.Kubernetes.Node.Pods;

namespace Tandem.Kubernetes.Node.Registration;

/// <summary>
/// Registers the node and keeps its lease and conditions: the lease each 10 s, the status at once where a condition changed and
/// else each 5 minutes, as the kubelet does.
/// </summary>
internal sealed class NodeHeartbeat(
    IKubernetes client, NodeOptions options, CriClient cri, PodWorkers workers, NodePressure pressure, EventRecorder events, TimeProvider time, ILogger logger)
{
    private const string LeaseNamespace = "kube-node-lease";
    private const int LeaseSeconds = 40;

    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LeasePeriod = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan StatusPeriod = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan RuntimeSilence = TimeSpan.FromSeconds(5);

    // A runtime that hangs must not hold up the lease: the node itself lives.
    private static readonly TimeSpan RuntimeLimit = TimeSpan.FromSeconds(2);

    private IList<V1NodeCondition>? _conditions;
    private bool _unschedulable;
    private IList<V1ContainerImage> _images = [];
    private string _nodeUid = "";
    private string _runtime = "";

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Tick, time);
        var (registered, failing) = (false, false);
        long? leased = null, reported = null;
        do
        {
            try
            {
                if (!registered)
                    await RegisterAsync(cancellationToken);
                registered = true;
                if (IsDue(leased, LeasePeriod))
                {
                    await RenewAsync(cancellationToken);
                    // The node controller may have taken us for dead: then the conditions are not what we said last.
                    var node = await client.CoreV1.ReadNodeAsync(options.NodeName, cancellationToken: cancellationToken);
                    _conditions = node.Status?.Conditions;
                    TellSchedulable(node);
                    if (await ImagesChangedAsync(cancellationToken))
                        reported = null;
                    leased = time.GetTimestamp();
                }

                if (await ReportAsync(IsDue(reported, StatusPeriod), cancellationToken))
                    reported = time.GetTimestamp();
                failing = false;
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                if (e is HttpOperationException { Response.StatusCode: HttpStatusCode.NotFound })
                    registered = false; // somebody deleted the node, or a namespace is not there yet
                if (!failing)
                    logger.LogWarning(e, "Node {Node} cannot report", options.NodeName);
                failing = true;
            }
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    private bool IsDue(long? last, TimeSpan period) => last is not { } done || time.GetElapsedTime(done) >= period;

    private async Task RegisterAsync(CancellationToken cancellationToken)
    {
        var machine = MachineInfo.Read(options);
        var node = NodeObjectBuilder.Build(options, machine);
        node.Status = await StatusAsync(machine, cancellationToken);
        var rebooted = false;
        try
        {
            node = await client.CoreV1.CreateNodeAsync(node, cancellationToken: cancellationToken);
        }
        catch (HttpOperationException e) when (e.Response.StatusCode == HttpStatusCode.Conflict)
        {
            var labels = new JsonObject();
            foreach (var (key, value) in NodeObjectBuilder.Labels(options, machine))
                labels[key] = value;
            var patch = new JsonObject { ["metadata"] = new JsonObject { ["labels"] = labels } };
            node = await client.CoreV1.PatchNodeAsync(
                new V1Patch(patch.ToJsonString(), V1Patch.PatchType.MergePatch), options.NodeName, cancellationToken: cancellationToken);
            _conditions = node.Status?.Conditions;
            rebooted = node.Status?.NodeInfo is { BootID.Length: > 0 } known && known.BootID != machine.BootId;
        }

        _nodeUid = node.Metadata.Uid;
        events.Record(Reference(), "Normal", "Starting", "Starting kubelet.");
        if (rebooted)
            events.Record(Reference(), "Warning", "Rebooted", $"Node {options.NodeName} has been rebooted, boot id: {machine.BootId}");
    }

    private async Task RenewAsync(CancellationToken cancellationToken)
    {
        var spec = new V1LeaseSpec { HolderIdentity = options.NodeName, LeaseDurationSeconds = LeaseSeconds, RenewTime = time.GetUtcNow().UtcDateTime };
        try
        {
            var lease = await client.CoordinationV1.ReadNamespacedLeaseAsync(options.NodeName, LeaseNamespace, cancellationToken: cancellationToken);
            lease.Spec = spec;
            await client.CoordinationV1.ReplaceNamespacedLeaseAsync(lease, options.NodeName, LeaseNamespace, cancellationToken: cancellationToken);
        }
        catch (HttpOperationException e) when (e.Response.StatusCode == HttpStatusCode.NotFound)
        {
            var owner = new V1OwnerReference { ApiVersion = "v1", Kind = "Node", Name = options.NodeName, Uid = _nodeUid };
            await client.CoordinationV1.CreateNamespacedLeaseAsync(
                new V1Lease
                {
                    Metadata = new V1ObjectMeta { Name = options.NodeName, NamespaceProperty = LeaseNamespace, OwnerReferences = [owner] },
                    Spec = spec,
                },
                LeaseNamespace, cancellationToken: cancellationToken);
        }
    }

    private async Task<bool> ReportAsync(bool due, CancellationToken cancellationToken)
    {
        var status = await StatusAsync(MachineInfo.Read(options), cancellationToken);
        var changed = status.Conditions.Any(c => _conditions?.FirstOrDefault(o => o.Type == c.Type)?.Status != c.Status);
        if (!due && !changed)
            return false;

        var patch = new JsonObject { ["status"] = JsonNode.Parse(KubernetesJson.Serialize(status)) };
        // As the kubelet does: conditions that others have set stay.
        await client.CoreV1.PatchNodeStatusAsync(
            new V1Patch(patch.ToJsonString(), V1Patch.PatchType.StrategicMergePatch), options.NodeName, cancellationToken: cancellationToken);
        foreach (var condition in status.Conditions.Where(c => _conditions?.FirstOrDefault(o => o.Type == c.Type)?.Status != c.Status))
        {
            // KubeletReady becomes NodeReady, KubeletHasDiskPressure NodeHasDiskPressure.
            TellStatus(condition.Reason.Replace("Kubelet", "Node", StringComparison.Ordinal));
        }

        _conditions = status.Conditions;
        return true;
    }

    private void TellSchedulable(V1Node node)
    {
        var unschedulable = node.Spec?.Unschedulable == true;
        if (unschedulable != _unschedulable)
            TellStatus(unschedulable ? "NodeNotSchedulable" : "NodeSchedulable");
        _unschedulable = unschedulable;
    }

    private void TellStatus(string status) => events.Record(Reference(), "Normal", status, $"Node {options.NodeName} status is now: {status}");

    private async Task<V1NodeStatus> StatusAsync(MachineInfo machine, CancellationToken cancellationToken)
    {
        string? problem = null;
        if (workers.RuntimeSilence > RuntimeSilence)
            problem = $"container runtime is down: no answer for {(int)workers.RuntimeSilence.TotalSeconds}s";
        else if (_runtime.Length == 0)
            problem = await GreetAsync(cancellationToken);
        var status = NodeObjectBuilder.Status(options, machine, _runtime, problem, pressure.Conditions, _conditions, time.GetUtcNow());
        status.Images = _images;
        return status;
    }

    private async Task<bool> ImagesChangedAsync(CancellationToken cancellationToken)
    {
        try
        {
            var images = NodeImages.Of((await cri.Images.ListImagesAsync(new ListImagesRequest(), deadline: RuntimeDeadline(), cancellationToken: cancellationToken)).Images);
            var changed = !images.Select(i => string.Join(' ', i.Names)).SequenceEqual(_images.Select(i => string.Join(' ', i.Names)));
            _images = images;
            return changed;
        }
        catch (RpcException e) when (e.StatusCode != StatusCode.Cancelled)
        {
            return false; // the Ready condition tells of it
        }
    }

    private async Task<string?> GreetAsync(CancellationToken cancellationToken)
    {
        try
        {
            var status = await cri.Runtime.StatusAsync(new StatusRequest(), deadline: RuntimeDeadline(), cancellationToken: cancellationToken);
            if (status.Status.Conditions.FirstOrDefault(c => !c.Status) is { } problem)
                return $"container runtime: {problem.Reason}: {problem.Message}";
            var version = await cri.Runtime.VersionAsync(new VersionRequest(), deadline: RuntimeDeadline(), cancellationToken: cancellationToken);
            _runtime = $"{version.RuntimeName}://{version.RuntimeVersion}";
            return null;
        }
        catch (RpcException e) when (e.StatusCode != StatusCode.Cancelled)
        {
            return $"container runtime is down: {e.Status.Detail}";
        }
    }

    private DateTime RuntimeDeadline() => (time.GetUtcNow() + RuntimeLimit).UtcDateTime;

    /// <summary>Tells a warning about the node.</summary>
    public void Warn(string reason, string message) => events.Record(Reference(), "Warning", reason, message);

    private V1ObjectReference Reference() => new() { ApiVersion = "v1", Kind = "Node", Name = options.NodeName, Uid = _nodeUid };
}
