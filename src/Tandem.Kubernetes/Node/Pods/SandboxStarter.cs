using Grpc.Core;
using k8s.Models;
using Tandem.Kubernetes.Node.Containers;
using Tandem.Kubernetes.Node.Cri.V1;

namespace Tandem.Kubernetes.Node.Pods;

/// <summary>Makes a pod's sandbox: its control group, log folder, namespaces and address.</summary>
internal sealed class SandboxStarter(PodServices services)
{
    public PodSandboxConfig Config(V1Pod pod, uint attempt) => SandboxConfigBuilder.Build(
        pod, attempt, services.Options, services.Paths, services.Cgroups.PathOf(pod), NodeResolvers.Text);

    /// <exception cref="ContainerConfigException">The pod asks for what the runtime cannot do; told as an event.</exception>
    /// <exception cref="RpcException">The runtime could not make it; told as an event.</exception>
    public async Task StartAsync(V1Pod pod, uint attempt, CancellationToken cancellationToken)
    {
        // First of all: by its log folder a pod is found of which nothing else may be known.
        Directory.CreateDirectory(services.Paths.LogDirectory(pod.Metadata));
        services.Cgroups.Ensure(pod);
        PodSandboxConfig config;
        try
        {
            config = Config(pod, attempt);
        }
        catch (ContainerConfigException e)
        {
            services.Api.Event(pod, null, "Warning", "FailedCreatePodSandBox", $"Failed to create pod sandbox: {e.Message}");
            throw;
        }

        await services.Starts.WaitAsync(cancellationToken);
        try
        {
            await services.Cri.Runtime.RunPodSandboxAsync(
                new RunPodSandboxRequest { Config = config }, cancellationToken: cancellationToken);
        }
        catch (RpcException e) when (e.StatusCode is not (StatusCode.Cancelled or StatusCode.Unavailable))
        {
            services.Api.Event(pod, null, "Warning", "FailedCreatePodSandBox",
                $"Failed to create pod sandbox: rpc error: code = {e.StatusCode} desc = {e.Status.Detail}");
            throw;
        }
        finally
        {
            services.Starts.Release();
        }
    }
}
