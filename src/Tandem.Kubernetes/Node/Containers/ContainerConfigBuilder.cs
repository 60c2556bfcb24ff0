using System.Globalization;
using k8s.Models;
using Tandem.Kubernetes.Node.Cgroups;
using Tandem.Kubernetes.Node.Cri;
using Tandem.Kubernetes.Node.Cri.V1;
using Tandem.Kubernetes.Node.Images;
using Tandem.Kubernetes.Node.Pods;

namespace Tandem.Kubernetes.Node.Containers;

/// <summary>The configuration of a container, as the kubelet would send it.</summary>
internal static class ContainerConfigBuilder
{
    public const string DefaultTerminationMessagePath = "/dev/termination-log";

    /// <exception cref="ContainerConfigException">The specification forbids to run this image.</exception>
    public static ContainerConfig Build(
        V1Pod pod,
        V1Container container,
        int restart,
        ImageInfo image,
        IReadOnlyDictionary<string, string> environment,
        IEnumerable<Mount> mounts,
        long machineMemory,
        PodPaths paths)
    {
        var config = new ContainerConfig
        {
            Metadata = new ContainerMetadata { Name = container.Name, Attempt = (uint)restart },
            Image = new ImageSpec { Image = image.Id },
            WorkingDir = container.WorkingDir ?? "",
            LogPath = PodPaths.LogPath(container.Name, restart),
            Stdin = container.Stdin == true,
            StdinOnce = container.StdinOnce == true,
            Tty = container.Tty == true,
            Linux = new LinuxContainerConfig
            {
                Resources = ResourceMath.ForContainer(pod, container, machineMemory, CgroupTree.IsUnified),
                SecurityContext = SecurityBuilder.ForContainer(pod, container, image, paths.SeccompProfiles),
            },
        };
        config.Command.AddRange((container.Command ?? []).Select(c => VariableExpansion.Expand(c, environment)));
        config.Args.AddRange((container.Args ?? []).Select(a => VariableExpansion.Expand(a, environment)));
        config.Envs.AddRange(environment.Select(e => new KeyValue { Key = e.Key, Value = e.Value }));
        config.Mounts.AddRange(mounts);
        AddIdentity(config, pod, container, restart);
        return config;
    }

    private static void AddIdentity(ContainerConfig config, V1Pod pod, V1Container container, int restart)
    {
        config.Labels[CriLabels.ContainerName] = container.Name;
        config.Labels[CriLabels.PodName] = pod.Metadata.Name;
        config.Labels[CriLabels.PodNamespace] = pod.Metadata.NamespaceProperty;
        config.Labels[CriLabels.PodUid] = pod.Metadata.Uid;
        config.Annotations[CriLabels.Hash] = PodActions.Hash(container);
        config.Annotations[CriLabels.RestartCount] = restart.ToString(CultureInfo.InvariantCulture);
        config.Annotations[CriLabels.TerminationMessagePath] = container.TerminationMessagePath ?? DefaultTerminationMessagePath;
        config.Annotations[CriLabels.TerminationMessagePolicy] = container.TerminationMessagePolicy ?? "File";
        if (pod.Spec.TerminationGracePeriodSeconds is { } grace)
            config.Annotations[CriLabels.GracePeriod] = grace.ToString(CultureInfo.InvariantCulture);
    }
}
