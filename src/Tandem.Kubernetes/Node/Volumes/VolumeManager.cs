using System.Globalization;
using k8s.Models;
using Tandem.Kubernetes.Node.Containers;
using Tandem.Kubernetes.Node.Pods;

namespace Tandem.Kubernetes.Node.Volumes;

/// <summary>Makes a pod's volumes on the node, keeps their contents up to date, and removes them.</summary>
internal sealed class VolumeManager(PodPaths paths, PayloadBuilder payloads, ClaimedVolumes claims, TokenCache tokens, TimeProvider time, long machineMemory)
{
    /// <summary>Makes or updates all volumes; may be called again at any time.</summary>
    /// <returns>The folder or file on the node, by volume name.</returns>
    /// <exception cref="VolumeException">A volume cannot be set up.</exception>
    public async Task<IReadOnlyDictionary<string, string>> SetUpAsync(V1Pod pod, string? podIp, CancellationToken cancellationToken)
    {
        var result = new Dictionary<string, string>();
        foreach (var volume in pod.Spec.Volumes ?? [])
        {
            try
            {
                result[volume.Name] = await SetUpAsync(pod, volume, podIp, cancellationToken);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ContainerConfigException)
            {
                throw new VolumeException(volume.Name, e.Message);
            }
        }

        return result;
    }

    /// <summary>Unmounts and removes all that the pod had on the node, its logs apart.</summary>
    public void TearDown(string uid)
    {
        tokens.Forget(uid);
        var folder = paths.Pod(uid);
        if (!Directory.Exists(folder))
            return;
        foreach (var mount in Mounts.Below(folder))
            LinuxFiles.Unmount(mount);
        Directory.Delete(folder, recursive: true);
    }

    private async Task<string> SetUpAsync(V1Pod pod, V1Volume volume, string? podIp, CancellationToken cancellationToken)
    {
        var uid = pod.Metadata.Uid;
        if (volume.EmptyDir is { } emptyDir)
            return EmptyDir(pod, paths.Volume(uid, PodPaths.EmptyDirPlugin, volume.Name), emptyDir);
        if (volume.HostPath is { } hostPath)
            return HostPath.Check(hostPath);
        if (PodClaims.NameOf(pod, volume) is { } claim)
            return await claims.FolderAsync(pod, volume, claim, cancellationToken);

        var files = await payloads.BuildAsync(pod, volume, podIp, cancellationToken)
            ?? throw new VolumeException(volume.Name, "this type of volume is not supported by this node");
        var plugin = volume.Projected is not null ? "projected"
            : volume.Secret is not null ? "secret" : volume.ConfigMap is not null ? "configmap" : "downward-api";
        var folder = paths.Volume(uid, plugin, volume.Name);
        var group = pod.Spec.SecurityContext?.FsGroup;
        if (group is not null)
            files = VolumeOwnership.ReadableByGroup(files);
        AtomicWriter.Write(folder, files, VolumeOwnership.CommonUser(pod) ?? -1, group ?? -1, time.GetUtcNow());
        return folder;
    }

    private string EmptyDir(V1Pod pod, string folder, V1EmptyDirVolumeSource source)
    {
        if (Directory.Exists(folder))
            return folder;

        // Made under another name and renamed last, so that a half-made one is not taken for ready after a crash.
        Directory.CreateDirectory(Path.GetDirectoryName(folder)!);
        var making = folder + PodPaths.Unfinished;
        Directory.CreateDirectory(making);
        if (source.Medium is not (null or "" or "Memory"))
            throw new VolumeException(Path.GetFileName(folder), $"unknown storage medium \"{source.Medium}\"");
        if (source.Medium == "Memory")
        {
            Directory.CreateDirectory(folder);
            LinuxFiles.MountTmpfs(folder, string.Create(CultureInfo.InvariantCulture, $"mode=0777,size={MemorySize(pod, source)}"));
            Directory.Delete(making);
        }
        else
        {
            File.SetUnixFileMode(making, (UnixFileMode)511); // 0777, as any user may be the container's
            LinuxFiles.Rename(making, folder);
        }

        if (pod.Spec.SecurityContext?.FsGroup is { } group)
            VolumeOwnership.GiveToGroup(folder, group, pod.Spec.SecurityContext.FsGroupChangePolicy);
        return folder;
    }

    // No larger than the memory that its pod may have, and no larger than the machine's.
    private long MemorySize(V1Pod pod, V1EmptyDirVolumeSource source)
    {
        var limits = new[] { machineMemory, ResourceMath.ForPod(pod).MemoryLimitInBytes, (long)(source.SizeLimit?.ToDecimal() ?? 0) };
        return limits.Where(l => l > 0).Min();
    }
}
