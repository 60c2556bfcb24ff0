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
        foreach (var mount in container.VolumeMounts ?? [])
        {
            if (!volumes.TryGetValue(mount.Name, out var source))
                throw new ContainerConfigException($"cannot find volume \"{mount.Name}\" to mount into container \"{container.Name}\"", "CreateContainerError");
            var subPath = mount.SubPathExpr is { Length: > 0 } expression
                ? VariableExpansion.Expand(expression, environment) : mount.SubPath;
            yield return new Mount
            {
                ContainerPath = mount.MountPath,
                HostPath = string.IsNullOrEmpty(subPath) ? source : SubPath(source, subPath, mount.Name),
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

    private static string SubPath(string volume, string subPath, string name)
    {
        if (Path.IsPathRooted(subPath) || subPath.Split('/').Contains(".."))
            throw new ContainerConfigException($"failed to prepare subPath for volumeMount \"{name}\": subPath \"{subPath}\" must be below the volume");
        var path = volume;
        foreach (var part in subPath.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            path = Path.Combine(path, part);
            // A link made by a container must not lead out of the volume.
            if (File.ResolveLinkTarget(path, returnFinalTarget: true) is not { } target)
                continue;
            if (!target.FullName.StartsWith(volume + "/", StringComparison.Ordinal))
                throw new ContainerConfigException($"failed to prepare subPath for volumeMount \"{name}\": subPath \"{subPath}\" leaves the volume");
            path = target.FullName;
        }

        if (!Path.Exists(path))
            Directory.CreateDirectory(path);
        return path;
    }
}
