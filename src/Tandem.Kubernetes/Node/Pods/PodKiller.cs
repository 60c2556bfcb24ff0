using k8s.Models;
using Tandem.Kubernetes.Node.Cri.V1;

namespace Tandem.Kubernetes.Node.Pods;

/// <summary>Stops all that runs of a pod, and removes what is left of it.</summary>
internal sealed class PodKiller(PodServices services, ContainerStopper stopper)
{
    /// <summary>Stops the containers, in their order, then the sandboxes.</summary>
    public async Task StopAsync(V1Pod pod, PodRuntime runtime, long grace, CancellationToken cancellationToken)
    {
        var ip = runtime.ReadySandbox?.Ip ?? "";
        var running = runtime.Containers.Where(c => c.Running).ToList();
        var order = new TerminationOrder(pod, running.Select(c => c.Name));
        await Task.WhenAll(running.Select(c => stopper.StopAsync(pod, c, ip, grace, null, cancellationToken, order)));

        foreach (var sandbox in runtime.Sandboxes.Where(s => s.Ready))
        {
            await ContainerStopper.IgnoreMissingAsync(services.Cri.Runtime.StopPodSandboxAsync(
                new StopPodSandboxRequest { PodSandboxId = sandbox.Id }, cancellationToken: cancellationToken));
        }
    }

    /// <summary>Removes a stopped pod from the runtime and from the node's file system.</summary>
    public async Task RemoveAsync(V1Pod pod, PodRuntime runtime, CancellationToken cancellationToken)
    {
        foreach (var container in runtime.Containers)
            await RemoveContainerAsync(container.Id, cancellationToken);
        foreach (var sandbox in runtime.Sandboxes)
        {
            // Stopping also gives back the address of a sandbox whose process died by itself.
            await ContainerStopper.IgnoreMissingAsync(services.Cri.Runtime.StopPodSandboxAsync(
                new StopPodSandboxRequest { PodSandboxId = sandbox.Id }, cancellationToken: cancellationToken));
            await ContainerStopper.IgnoreMissingAsync(services.Cri.Runtime.RemovePodSandboxAsync(
                new RemovePodSandboxRequest { PodSandboxId = sandbox.Id }, cancellationToken: cancellationToken));
        }

        services.Reader.Forget(runtime);
        services.Images.Forget(pod);
        services.Volumes.TearDown(pod.Metadata.Uid);
        services.Cgroups.Remove(pod.Metadata.Uid);
        var logs = services.Paths.LogDirectory(pod.Metadata);
        if (Directory.Exists(logs))
            Directory.Delete(logs, recursive: true);
    }

    /// <summary>Removes all but the newest container and the one before it, whose log <c>logs --previous</c> shows.</summary>
    public async Task PruneAsync(V1Pod pod, PodRuntime runtime, CancellationToken cancellationToken)
    {
        foreach (var old in runtime.Containers.GroupBy(c => c.Name).SelectMany(g => g.Skip(2)).Where(c => c.Exited))
        {
            await RemoveContainerAsync(old.Id, cancellationToken);
            services.Reader.Forget(new PodRuntime([], [old]));
            Logs.LogRotator.Delete(services.Paths.LogFile(pod.Metadata, old.Name, old.RestartCount));
            File.Delete(services.Paths.TerminationMessage(pod.Metadata.Uid, old.Name, old.RestartCount));
        }

        foreach (var old in runtime.Sandboxes.Skip(1).Where(s => !s.Ready && runtime.Containers.All(c => c.SandboxId != s.Id)))
        {
            await ContainerStopper.IgnoreMissingAsync(services.Cri.Runtime.StopPodSandboxAsync(
                new StopPodSandboxRequest { PodSandboxId = old.Id }, cancellationToken: cancellationToken));
            await ContainerStopper.IgnoreMissingAsync(services.Cri.Runtime.RemovePodSandboxAsync(
                new RemovePodSandboxRequest { PodSandboxId = old.Id }, cancellationToken: cancellationToken));
        }
    }

    private async Task RemoveContainerAsync(string id, CancellationToken cancellationToken) =>
        await ContainerStopper.IgnoreMissingAsync(services.Cri.Runtime.RemoveContainerAsync(
            new RemoveContainerRequest { ContainerId = id }, cancellationToken: cancellationToken));
}
