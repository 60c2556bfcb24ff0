using Tandem.Kubernetes.Node.Volumes;

namespace Tandem.Kubernetes.Node.Stats;

/// <summary>What files occupy on a disk, as <c>du</c> counts: blocks, and each file once however many names it has.</summary>
/// <param name="Bytes">In blocks of the disk.</param>
/// <param name="Inodes">Files and folders.</param>
internal sealed record DiskUsage(long Bytes, long Inodes)
{
    public static DiskUsage operator +(DiskUsage a, DiskUsage b) => new(a.Bytes + b.Bytes, a.Inodes + b.Inodes);

    /// <summary>Of a folder and all below it. What goes while it is counted is not counted.</summary>
    public static DiskUsage Of(string folder)
    {
        if (!Directory.Exists(folder))
            return new DiskUsage(0, 0);
        var seen = new HashSet<ulong>();
        var bytes = 0L;
        foreach (var path in LinuxFiles.Below(folder).Select(e => e.FullName).Prepend(folder))
            if (LinuxFiles.Blocks(path) is { } file && seen.Add(file.Inode))
                bytes += file.Bytes;
        return new DiskUsage(bytes, seen.Count);
    }
}
