using k8s.Models;
using Tandem.Kubernetes.Node.Containers;
using Tandem.Kubernetes.Node.Cri.V1;
using Tandem.Kubernetes.Node.Pods;

namespace Tandem.Kubernetes.Node.Volumes;

/// <summary>What is mounted into a container: its volume mounts, <c>/etc/hosts</c> and the termination log.</summary>
internal static class MountBuilder
{
    /// <exception cref="ContainerConfigException">A mount names no volume, or a subPath leaves its volume.</exception>
    public static IEnumerable<Mount> Build(
        V1Pod pod,
        V1Container container,
        int restart,
        IReadOnlyDictionary<string, string> volumes,
        IReadOnlyDictionary<string, string> environment,
        PodPaths paths)
    {
        if (container.VolumeDevices is [{ } device, ..])
            throw new ContainerConfigException($"volume {device.Name} has volumeMode Filesystem, but is specified in volumeDevices");
        foreach (var (index, mount) in (container.VolumeMounts ?? []).Index())
        {
            if (!volumes.TryGetValue(mount.Name, out var source))
                throw new ContainerConfigException($"cannot find volume \"{mount.Name}\" to mount into container \"{container.Name}\"", "CreateContainerError");
            if (mount.RecursiveReadOnly == "Enabled")
                throw new ContainerConfigException($"failed to resolve recursive read-only mode: volume \"{mount.Name}\" requested recursive read-only mode, but it is not supported by the runtime");
            var subPath = Expand(mount, container, environment);
            yield return new Mount
            {
                ContainerPath = mount.MountPath,
                HostPath = subPath.Length == 0 ? source : Part(pod, container, index, source, subPath, paths),
                Readonly = mount.ReadOnlyProperty == true || IsReadOnly(pod, mount.Name),
                Propagation = mount.MountPropagation switch
                {
                    "HostToContainer" => MountPropagation.PropagationHostToContainer,
                    "Bidirectional" => MountPropagation.PropagationBidirectional,
                    _ => MountPropagation.PropagationPrivate,
                },
            };
        }

        if (container.VolumeMounts?.Any(m => m.MountPath == "/etc/hosts") != true)
            yield return new Mount { ContainerPath = "/etc/hosts", HostPath = paths.Hosts(pod.Metadata.Uid) };

        var log = paths.TerminationMessage(pod.Metadata.Uid, container.Name, restart);
        Directory.CreateDirectory(Path.GetDirectoryName(log)!);
        File.WriteAllText(log, "");
        File.SetUnixFileMode(log, (UnixFileMode)438); // 0666, as any user may be the container's
        yield return new Mount
        {
            ContainerPath = container.TerminationMessagePath ?? ContainerConfigBuilder.DefaultTerminationMessagePath,
            HostPath = log,
        };
    }

    // As the kubelet: what is projected into a pod cannot be written to, nor a claim that is used for reading only.
    private static bool IsReadOnly(V1Pod pod, string name) =>
        pod.Spec.Volumes.First(v => v.Name == name) is { ConfigMap: not null } or { Secret: not null } or { Projected: not null } or { DownwardAPI: not null } or { PersistentVolumeClaim.ReadOnlyProperty: true };

    private static string Part(V1Pod pod, V1Container container, int index, string volume, string subPath, PodPaths paths)
    {
        var name = container.VolumeMounts[index].Name;
        var target = paths.SubPath(pod.Metadata.Uid, name, container.Name, index);
        try
        {
            SubPath.Bind(volume, subPath, target);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ContainerConfigException($"failed to prepare subPath for volumeMount \"{name}\" of container \"{container.Name}\": {e.Message}");
        }

        return target;
    }

    private static string Expand(V1VolumeMount mount, V1Container container, IReadOnlyDictionary<string, string> environment)
    {
        if (string.IsNullOrEmpty(mount.SubPathExpr))
            return mount.SubPath ?? "";
        var unknown = new List<string>();
        var expanded = VariableExpansion.Expand(mount.SubPathExpr, environment, unknown);
        return unknown.Count == 0 ? expanded : throw new ContainerConfigException(
            $"failed to expand subPath for volumeMount \"{mount.Name}\" of container \"{container.Name}\": missing value for \"{unknown[0]}\"");
    }
}
