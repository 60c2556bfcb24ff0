using k8s.Models;
using Tandem.Kubernetes.Node.Admission;
using Tandem.Kubernetes.Node.Probes;
using Tandem.Kubernetes.Node.Status;

namespace Tandem.Kubernetes.Node.Pods;

/// <summary>Tells the API how one pod is, from all that the node knows of it.</summary>
internal sealed class PodReport(
    PodServices services, DesiredPod desired, PodStatusWriter status, PodContainers containers, PodProbes probes, PodJudge judge)
{
    /// <returns>False where the API has no such pod any more.</returns>
    public Task<bool> WriteAsync(V1Pod pod, PodRuntime runtime, CancellationToken cancellationToken, bool terminating = false, bool ended = false) =>
        status.WriteAsync(
            new PodStatusInput
            {
                Pod = desired.WithLatestStatus(pod),
                Runtime = runtime,
                HostIp = services.Options.NodeAddress,
                Now = services.Time.GetUtcNow(),
                Health = probes.Health(),
                Waiting = containers.Waiting,
                Verdict = judge.Verdict,
                Terminating = terminating,
                Ended = ended,
            },
            cancellationToken);
}
