using Tandem.Kubernetes.Node.Volumes;

namespace Tandem.Host.Supervision;

/// <summary>Takes mounts away whoever still has them open.</summary>
internal static class MountEnd
{
    private const int Detach = 2; // MNT_DETACH of umount(2)

    /// <summary>All below a folder, the innermost first.</summary>
    public static void DetachBelow(string folder)
    {
        foreach (var mount in Mounts.Below(folder))
            _ = NativeMethods.Unmount(mount, Detach);
    }
}
