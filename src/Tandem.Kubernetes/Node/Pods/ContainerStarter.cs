using Grpc.Core;
using k8s.Models;
using Tandem.Kubernetes.Node.Containers;
using Tandem.Kubernetes.Node.Cri.V1;
using Tandem.Kubernetes.Node.Images;
using Tandem.Kubernetes.Node.Status;
using Tandem.Kubernetes.Node.Volumes;

namespace Tandem.Kubernetes.Node.Pods;

/// <summary>Starts one container: image, configuration, creation, start, postStart hook.</summary>
internal sealed class ContainerStarter(PodServices services, SandboxStarter sandboxes, ContainerStopper stopper)
{
    /// <summary>Starts the container.</summary>
    /// <param name="pod">Its pod.</param>
    /// <param name="container">The container.</param>
    /// <param name="runtime">What there is of the pod; with a sandbox that is ready.</param>
    /// <param name="volumes">The pod's volumes and where they are.</param>
    /// <param name="wanted">Cancelled when the pod is to end: a pull is then given up at once.</param>
    /// <param name="cancellationToken">Cancelled when the agent ends.</param>
    /// <returns>Null where it started, else why it waits.</returns>
    public async Task<WaitingReason?> StartAsync(
        V1Pod pod, V1Container container, PodRuntime runtime, IReadOnlyDictionary<string, string> volumes, CancellationToken wanted,
        CancellationToken cancellationToken)
    {
        var reason = "CreateContainerConfigError";
        try
        {
            var restart = RestartCount(pod, container, runtime);
            var sandbox = runtime.ReadySandbox!;
            var image = await services.Images.EnsureAsync(pod, container, wanted);
            var config = await ConfigAsync(pod, container, restart, sandbox, image, volumes, cancellationToken);
            TargetNamespace.Join(config, pod, container, runtime);
            reason = "CreateContainerError";
            string id;
            await services.Starts.WaitAsync(cancellationToken);
            try
            {
                id = await CreateAsync(pod, container, sandbox, config, cancellationToken);
                reason = "RunContainerError";
                await services.Cri.Runtime.StartContainerAsync(
                    new StartContainerRequest { ContainerId = id }, cancellationToken: cancellationToken);
            }
            finally
            {
                services.Starts.Release();
            }

            services.Api.Event(pod, container.Name, "Normal", "Started", $"Started container {container.Name}");
            return await PostStartAsync(pod, container, id, sandbox, cancellationToken);
        }
        catch (ImagePullException e)
        {
            return new WaitingReason(e.Reason, e.Message);
        }
        catch (ContainerConfigException e)
        {
            services.Api.Event(pod, container.Name, "Warning", "Failed", $"Error: {e.Message}");
            return new WaitingReason(e.Reason, e.Message);
        }
        catch (RpcException e) when (e.StatusCode is not (StatusCode.Cancelled or StatusCode.Unavailable))
        {
            services.Api.Event(pod, container.Name, "Warning", "Failed", $"Error: {e.Status.Detail}");
            return new WaitingReason(reason, e.Status.Detail);
        }
    }

    private async Task<string> CreateAsync(
        V1Pod pod, V1Container container, Sandbox sandbox, ContainerConfig config, CancellationToken cancellationToken)
    {
        var created = await services.Cri.Runtime.CreateContainerAsync(
            new CreateContainerRequest
            {
                PodSandboxId = sandbox.Id,
                Config = config,
                SandboxConfig = sandboxes.Config(pod, sandbox.Attempt),
            },
            cancellationToken: cancellationToken);
        services.Api.Event(pod, container.Name, "Normal", "Created", $"Created container: {container.Name}");
        return created.ContainerId;
    }

    // One more than the newest there is; what the API remembers counts where the runtime has lost it.
    internal static int RestartCount(V1Pod pod, V1Container container, PodRuntime runtime)
    {
        if (runtime.Latest(container.Name) is { } latest)
            return latest.RestartCount + 1;
        var known = pod.FindStatus(container.Name);
        return string.IsNullOrEmpty(known?.ContainerID) ? known?.RestartCount ?? 0 : known.RestartCount + 1;
    }

    private async Task<ContainerConfig> ConfigAsync(
        V1Pod pod,
        V1Container container,
        int restart,
        Sandbox sandbox,
        ImageInfo image,
        IReadOnlyDictionary<string, string> volumes,
        CancellationToken cancellationToken)
    {
        var ip = pod.UsesHostNetwork() ? services.Options.NodeAddress : sandbox.Ip;
        var environment = await services.Environments.BuildAsync(pod, container, ip, cancellationToken);
        WriteHosts(pod, ip);
        var mounts = MountBuilder.Build(pod, container, restart, volumes, environment, services.Paths);
        return ContainerConfigBuilder.Build(pod, container, restart, image, environment, mounts, services.MachineMemory, services.Paths);
    }

    private void WriteHosts(V1Pod pod, string ip)
    {
        var file = services.Paths.Hosts(pod.Metadata.Uid);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        var text = pod.UsesHostNetwork()
            ? HostsFile.BuildForHostNetwork(pod, File.Exists("/etc/hosts") ? File.ReadAllText("/etc/hosts") : "")
            : HostsFile.Build(pod, ip, services.Options.ClusterDomain);
        // Written in place: a container that is running has this very file mounted.
        if (!File.Exists(file) || File.ReadAllText(file) != text)
            File.WriteAllText(file, text);
    }

    private async Task<WaitingReason?> PostStartAsync(
        V1Pod pod, V1Container container, string id, Sandbox sandbox, CancellationToken cancellationToken)
    {
        if (container.Lifecycle?.PostStart is not { } hook)
            return null;
        var result = await stopper.RunHookAsync(container, id, sandbox.Ip, hook, TimeSpan.FromMinutes(2), cancellationToken);
        if (result.Success == true)
            return null;
        services.Api.Event(pod, container.Name, "Warning", "FailedPostStartHook", "PostStartHook failed");
        var instance = new ContainerInstance { Id = id, Name = container.Name, Phase = ContainerPhase.Running };
        await stopper.StopAsync(pod, instance, sandbox.Ip, pod.GraceSeconds(), "FailedPostStartHook", cancellationToken);
        return new WaitingReason("PostStartHookError", $"PostStartHook of container {container.Name} failed: {result.Output}");
    }
}
