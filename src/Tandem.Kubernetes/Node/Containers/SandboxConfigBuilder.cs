using k8s.Models;
using Tandem.Kubernetes.Node.Admission;
using Tandem.Kubernetes.Node.Cri;
using Tandem.Kubernetes.Node.Cri.V1;
using Tandem.Kubernetes.Node.Pods;

namespace Tandem.Kubernetes.Node.Containers;

/// <summary>The configuration of a pod's sandbox, as the kubelet would send it.</summary>
internal static class SandboxConfigBuilder
{
    private const int LongestHostname = 64; // __NEW_UTS_LEN of uname(2)

    /// <exception cref="ContainerConfigException">The runtime cannot give the pod what it asks for.</exception>
    public static PodSandboxConfig Build(
        V1Pod pod, uint attempt, NodeOptions options, PodPaths paths, string cgroupParent, string resolvConf)
    {
        if (pod.Spec.HostUsers == false)
            throw new ContainerConfigException("can't set `spec.hostUsers: false`, runtime does not support user namespaces");
        var config = new PodSandboxConfig
        {
            Metadata = new PodSandboxMetadata
            {
                Name = pod.Metadata.Name,
                Namespace = pod.Metadata.NamespaceProperty,
                Uid = pod.Metadata.Uid,
                Attempt = attempt,
            },
            Hostname = pod.UsesHostNetwork() ? "" : Hostname(pod, options.ClusterDomain),
            LogDirectory = paths.LogDirectory(pod.Metadata),
            DnsConfig = DnsConfigBuilder.Build(pod, options, resolvConf),
            Linux = new LinuxPodSandboxConfig
            {
                CgroupParent = cgroupParent,
                SecurityContext = SecurityBuilder.ForSandbox(pod),
                Resources = ResourceMath.ForPod(pod),
            },
        };
        foreach (var sysctl in pod.Spec.SecurityContext?.Sysctls ?? [])
            config.Linux.Sysctls[SysctlAllowlist.Dotted(sysctl.Name)] = sysctl.Value;
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

    private static string Hostname(V1Pod pod, string clusterDomain)
    {
        if (pod.Spec.SetHostnameAsFQDN != true || string.IsNullOrEmpty(pod.Spec.Subdomain))
            return pod.Hostname();
        var full = $"{pod.Hostname()}.{pod.Spec.Subdomain}.{pod.Metadata.NamespaceProperty}.svc.{clusterDomain}";
        return full.Length <= LongestHostname ? full : throw new ContainerConfigException(
            $"failed to construct FQDN from Pod hostname and cluster domain, FQDN {full} is too long ({LongestHostname} characters is the max, {full.Length} characters requested)");
    }
}
