using System.ComponentModel;
using System.IO.Enumeration;
using System.Runtime.InteropServices;

namespace Tandem.Kubernetes.Node.Volumes;

/// <summary>The system calls on files that .NET does not offer.</summary>
internal static class LinuxFiles
{
    private const ulong NoSuid = 2, NoDev = 4, BindMount = 4096; // MS_NOSUID, MS_NODEV, MS_BIND of mount(2)

    public static void MountTmpfs(string target, string options) => Check(mount("tmpfs", target, "tmpfs", NoSuid | NoDev, options), target);

    /// <summary>Shows a file or folder at a second place.</summary>
    public static void Bind(string source, string target) => Check(mount(source, target, null, BindMount, null), target);

    public static void Unmount(string target) => Check(umount2(target, 0), target);

    /// <summary>Changes the owner without following links; -1 leaves a part as it is.</summary>
    public static void ChangeOwner(string path, long user, long group) => Check(lchown(path, (uint)user, (uint)group), path);

    /// <summary>Renames over whatever has the new name, at one instant; a link is renamed itself.</summary>
    public static void Rename(string from, string to) => Check(rename(from, to), to);

    /// <summary>All that is below a folder. Links are named and never followed: what a container links to is not in its volume.</summary>
    public static IEnumerable<FileSystemInfo> Below(string folder) => new FileSystemEnumerable<FileSystemInfo>(
        folder, (ref entry) => entry.ToFileSystemInfo(), new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None, IgnoreInaccessible = true })
    {
        ShouldRecursePredicate = (ref entry) => (entry.Attributes & FileAttributes.ReparsePoint) == 0,
    };

    /// <summary>The file type bits (S_IFMT of inode(7)) of what a path leads to; 0 where there is nothing.</summary>
    public static int TypeOf(string path) => ModeOf(path) & 0xF000;

    /// <summary>Type and permission bits of what a path leads to; 0 where there is nothing.</summary>
    public static int ModeOf(string path)
    {
        // struct statx of statx(2): stx_mode is the 16-bit word at offset 28.
        return Status(path) is { } status ? BitConverter.ToUInt16(status, 28) : 0;
    }

    /// <summary>The group of what a path leads to; null where there is nothing.</summary>
    public static long? GroupOf(string path) => Status(path) is { } status ? BitConverter.ToUInt32(status, 24) : null; // stx_gid

    /// <summary>What a file or link itself occupies; null where there is nothing.</summary>
    public static (ulong Inode, long Bytes)? Blocks(string path)
    {
        const int notTheTarget = 0x100, unit = 512; // AT_SYMLINK_NOFOLLOW; of stx_blocks
        return Status(path, notTheTarget) is { } status ? (BitConverter.ToUInt64(status, 32), BitConverter.ToInt64(status, 48) * unit) : null;
    }

    private static byte[]? Status(string path, int flags = 0)
    {
        var buffer = new byte[256];
        const int currentFolder = -100, basic = 0x7ff; // AT_FDCWD; STATX_BASIC_STATS
        return statx(currentFolder, path, flags, basic, buffer) == 0 ? buffer : null;
    }

    private static void Check(int result, string path)
    {
        if (result != 0)
            throw new IOException($"{path}: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");
    }

#pragma warning disable SYSLIB1054 // source-generated marshalling needs unsafe code; these run a few times per pod
    [DllImport("libc", SetLastError = true)]
    private static extern int mount(string source, string target, string? type, ulong flags, string? data);

    [DllImport("libc", SetLastError = true)]
    private static extern int umount2(string target, int flags);

    [DllImport("libc", SetLastError = true)]
    private static extern int lchown(string path, uint owner, uint group);

    [DllImport("libc", SetLastError = true)]
    private static extern int statx(int folder, string path, int flags, uint mask, byte[] buffer);

    [DllImport("libc", SetLastError = true)]
    private static extern int rename(string from, string to);
#pragma warning restore SYSLIB1054
}
