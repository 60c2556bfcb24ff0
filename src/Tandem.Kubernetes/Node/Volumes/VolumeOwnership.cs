using k8s.Models;
using Tandem.Kubernetes.Node.Pods;

namespace Tandem.Kubernetes.Node.Volumes;

/// <summary>Who owns the files of a volume: <c>fsGroup</c>, and the user where all containers have the same.</summary>
internal static class VolumeOwnership
{
    private const UnixFileMode GroupFile = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;
    private const UnixFileMode GroupFolder = GroupFile | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.SetGroup;

    /// <summary>The user that every container runs as, or null where they differ or leave it to the image.</summary>
    public static long? CommonUser(V1Pod pod)
    {
        var users = pod.Spec.Containers.Concat(pod.InitContainers())
            .Select(c => c.SecurityContext?.RunAsUser ?? pod.Spec.SecurityContext?.RunAsUser).Distinct().ToList();
        return users is [{ } user] ? user : null;
    }

    /// <summary>Files of a read-only volume become readable to the group.</summary>
    public static Dictionary<string, VolumeFile> ReadableByGroup(Dictionary<string, VolumeFile> files) =>
        files.ToDictionary(f => f.Key, f => f.Value with { Mode = f.Value.Mode | UnixFileMode.UserRead | UnixFileMode.GroupRead });

    /// <summary>Gives a writable folder to the group; what is made in it later inherits the group.</summary>
    /// <param name="folder">The volume's.</param>
    /// <param name="group">The pod's <c>fsGroup</c>.</param>
    /// <param name="policy">With <c>OnRootMismatch</c> a folder that is the group's already is left as it is.</param>
    public static void GiveToGroup(string folder, long group, string? policy)
    {
        if (policy == "OnRootMismatch" && LinuxFiles.GroupOf(folder) == group && (File.GetUnixFileMode(folder) & GroupFolder) == GroupFolder)
            return;
        LinuxFiles.ChangeOwner(folder, -1, group);
        File.SetUnixFileMode(folder, File.GetUnixFileMode(folder) | GroupFolder);
        foreach (var entry in LinuxFiles.Below(folder))
        {
            LinuxFiles.ChangeOwner(entry.FullName, -1, group);
            if (entry.LinkTarget is null)
                entry.UnixFileMode |= entry is DirectoryInfo ? GroupFolder : GroupFile;
        }
    }
}
