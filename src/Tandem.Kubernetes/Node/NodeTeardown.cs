using Tandem.Kubernetes.Node.Cri;
using Tandem.Kubernetes.Node.Cri.V1;
using Tandem.Kubernetes.Node.Pods;

namespace Tandem.Kubernetes.Node;

/// <summary>Ends every pod that a containerd runs, for good: what <c>tandem down</c> does before it stops containerd.</summary>
public static class NodeTeardown
{
    /// <summary>Stops and removes all sandboxes with their containers.</summary>
    /// <param name="containerdSocket">containerd's socket.</param>
    /// <param name="cancellationToken">Ends it half-way.</param>
    public static async Task RemoveAllPodsAsync(string containerdSocket, CancellationToken cancellationToken)
    {
        using var cri = new CriClient(containerdSocket);
        var sandboxes = await cri.Runtime.ListPodSandboxAsync(new ListPodSandboxRequest(), cancellationToken: cancellationToken);
        await Parallel.ForEachAsync(sandboxes.Items, cancellationToken, async (sandbox, stop) =>
        {
            await ContainerStopper.IgnoreMissingAsync(cri.Runtime.StopPodSandboxAsync(new StopPodSandboxRequest { PodSandboxId = sandbox.Id }, cancellationToken: stop));
            await ContainerStopper.IgnoreMissingAsync(cri.Runtime.RemovePodSandboxAsync(new RemovePodSandboxRequest { PodSandboxId = sandbox.Id }, cancellationToken: stop));
        });
    }
}
