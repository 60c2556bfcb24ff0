using Tandem.Kubernetes.Node.Containers;

namespace Tandem.Kubernetes.Node.Volumes;

/// <summary>
/// A part of a volume, to be mounted by itself. Containers that have the volume may put links into it at any moment
/// (CVE-2017-1002101, CVE-2021-25741). So no path is handed on that could mean another file later: the kernel resolves it beneath
/// the volume (RESOLVE_BENEATH of openat2(2)), and what it found is bound to a place that no container has.
/// </summary>
internal static class SubPath
{
    /// <summary>Binds what is there to <paramref name="target"/>, and makes folders where nothing is.</summary>
    /// <param name="volume">The volume's folder on the node.</param>
    /// <param name="subPath">Relative to it.</param>
    /// <param name="target">Where it is bound; whatever was bound there is replaced.</param>
    /// <exception cref="ContainerConfigException">The path is not below the volume.</exception>
    /// <exception cref="IOException">The kernel refused, as it does where a link leads out of the volume.</exception>
    public static void Bind(string volume, string subPath, string target)
    {
        if (Path.IsPathRooted(subPath))
            throw new ContainerConfigException($"error SubPath `{subPath}` must not be an absolute path");
        var parts = subPath.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Contains(".."))
            throw new ContainerConfigException($"unable to provision SubPath `{subPath}`: must not contain '..'");

        using var root = BeneathFolder.Open(volume);
        using var found = Find(root, parts);
        Replace(target, found.IsFolder);
        LinuxFiles.Bind($"/proc/self/fd/{found.DangerousGetHandle()}", target);
    }

    private static BeneathFolder Find(BeneathFolder root, string[] parts)
    {
        var mode = root.Mode;
        var parent = root.TryOpen(".") ?? throw new IOException("the volume is gone");
        for (var depth = 1; depth <= parts.Length; depth++)
        {
            // Always from the volume on, so that no link that is on the way leads out of it.
            var path = string.Join('/', parts[..depth]);
            var child = root.TryOpen(path);
            if (child is null)
            {
                parent.MakeFolder(parts[depth - 1], mode);
                child = root.TryOpen(path);
            }

            parent.Dispose();
            parent = child ?? throw new IOException($"{path}: it was removed while it was made");
        }

        return parent;
    }

    private static void Replace(string target, bool isFolder)
    {
        if (Mounts.Below(Path.GetDirectoryName(target)!).Contains(target))
            LinuxFiles.Unmount(target);
        if (Directory.Exists(target))
            Directory.Delete(target);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        File.Delete(target);
        if (isFolder)
            Directory.CreateDirectory(target);
        else
            File.Create(target).Dispose();
    }
}
