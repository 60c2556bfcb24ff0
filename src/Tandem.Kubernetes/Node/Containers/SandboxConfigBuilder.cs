using k8s.Models;
using Tandem.Kubernetes.Node.Cri;
using Tandem.Kubernetes.Node.Cri.V1;
using Tandem.Kubernetes.Node.Pods;

namespace Tandem.Kubernetes.Node.Containers;

/// <summary>The configuration of a pod's sandbox, as the kubelet would send it.</summary>
internal static class SandboxConfigBuilder
{
    public static PodSandboxConfig Build(
        V1Pod pod, uint attempt, NodeOptions options, PodPaths paths, string cgroupParent, string resolvConf)
    {
        var config = new PodSandboxConfig
        {
            Metadata = new PodSandboxMetadata
            {
                Name = pod.Metadata.Name,
                Namespace = pod.Metadata.NamespaceProperty,
                Uid = pod.Metadata.Uid,
                Attempt = attempt,
            },
            Hostname = pod.UsesHostNetwork() ? "" : pod.Hostname(),
            LogDirectory = paths.LogDirectory(pod.Metadata),
            DnsConfig = DnsConfigBuilder.Build(pod, options, resolvConf),
            Linux = new LinuxPodSandboxConfig
            {
                CgroupParent = cgroupParent,
                SecurityContext = SecurityBuilder.ForSandbox(pod),
                Resources = ResourceMath.ForPod(pod),
            },
        };
        foreach (var (key, value) in pod.Metadata.Labels ?? new Dictionary<string, string>())
            config.Labels[key] = value;
        config.Labels[CriLabels.PodName] = pod.Metadata.Name;
        config.Labels[CriLabels.PodNamespace] = pod.Metadata.NamespaceProperty;
        config.Labels[CriLabels.PodUid] = pod.Metadata.Uid;
        foreach (var (key, value) in pod.Metadata.Annotations ?? new Dictionary<string, string>())
            config.Annotations[key] = value;
        config.Annotations["kubernetes.io/config.source"] = "api";
        return config;
    }
}
