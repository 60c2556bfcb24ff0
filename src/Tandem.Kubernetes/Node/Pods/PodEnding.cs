using Grpc.Core;
using k8s.Models;
using Tandem.Kubernetes.Node.Probes;

namespace Tandem.Kubernetes.Node.Pods;

/// <summary>The end of one pod: of its containers, as it stays with its logs and status, or of all of it, as it is deleted.</summary>
internal sealed class PodEnding(PodServices services, DesiredPod desired, PodReport report, PodKiller killer, PodProbes probes)
{
    private bool _terminatingTold;

    /// <summary>All containers have ended for good: nothing is left but the logs and the status, until the pod is deleted.</summary>
    public async Task EndAsync(V1Pod pod, PodRuntime runtime, long grace, CancellationToken cancellationToken)
    {
        probes.Dispose();
        await killer.StopAsync(pod, runtime, grace, cancellationToken);
        var after = await services.Reader.ReadAsync(pod.Metadata.Uid, cancellationToken);
        await report.WriteAsync(pod, after, cancellationToken, ended: true);
        services.Volumes.TearDown(pod.Metadata.Uid);
        services.Cgroups.Remove(pod.Metadata.Uid);
    }

    /// <summary>The pod is deleted: it is taken out of service, stopped, removed from the node, and then from the API.</summary>
    public async Task TerminateAsync(V1Pod pod, PodRuntime runtime, CancellationToken cancellationToken)
    {
        probes.Dispose();
        if (!desired.Vanished && !_terminatingTold)
        {
            // Taken out of service before anything stops.
            await report.WriteAsync(pod, runtime, cancellationToken, terminating: true);
            _terminatingTold = true;
        }

        using (var both = CancellationTokenSource.CreateLinkedTokenSource(desired.Interrupt, cancellationToken))
        {
            try
            {
                await killer.StopAsync(pod, runtime, pod.GraceSeconds(), both.Token);
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.Cancelled && both.IsCancellationRequested)
            {
                throw new OperationCanceledException(e.Message, e, both.Token);
            }
        }

        var after = await services.Reader.ReadAsync(pod.Metadata.Uid, cancellationToken);
        if (!desired.Vanished)
            await report.WriteAsync(pod, after, cancellationToken, terminating: true, ended: true);
        await killer.RemoveAsync(pod, after, cancellationToken);
        if (!desired.Vanished)
            await services.Api.DeletePodAsync(pod, cancellationToken);
    }
}
