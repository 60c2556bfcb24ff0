using k8s.Models;
using Tandem.Kubernetes.Node.Cri.V1;
using Tandem.Kubernetes.Node.Pods;

namespace Tandem.Kubernetes.Node.Containers;

/// <summary>Lets an ephemeral container see the processes of the one that it is to look into.</summary>
internal static class TargetNamespace
{
    /// <summary>Changes the configuration of a container that names a target, unless the pod shares one process namespace anyway.</summary>
    /// <exception cref="ContainerConfigException">The runtime has no such target.</exception>
    public static void Join(ContainerConfig config, V1Pod pod, V1Container container, PodRuntime runtime)
    {
        var target = pod.Spec.EphemeralContainers?.FirstOrDefault(e => e.Name == container.Name)?.TargetContainerName;
        var namespaces = config.Linux.SecurityContext.NamespaceOptions;
        if (string.IsNullOrEmpty(target))
            return;
        var found = runtime.Latest(target) ?? throw new ContainerConfigException($"unable to find target container {target}");
        if (namespaces.Pid != NamespaceMode.Container)
            return;
        namespaces.Pid = NamespaceMode.Target;
        namespaces.TargetId = found.Id;
    }
}
