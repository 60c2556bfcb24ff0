using System.Runtime.InteropServices;

namespace Tandem.Kubernetes.Node.Stats;

/// <summary>What a file system has and has left.</summary>
internal sealed record FileSystemStats(long Capacity, long Available, long Inodes, long InodesFree)
{
    public long Used => Capacity - Available;

    /// <exception cref="IOException">The folder is not there.</exception>
    public static FileSystemStats Of(string folder)
    {
        // struct statvfs of statvfs(3) on 64-bit Linux: f_bsize, f_frsize, f_blocks, f_bfree, f_bavail, f_files, f_ffree, f_favail.
        var status = new ulong[32];
        if (statvfs(folder, status) != 0)
            throw new IOException($"{folder}: {Marshal.GetLastPInvokeErrorMessage()}");
        return new FileSystemStats((long)(status[2] * status[1]), (long)(status[4] * status[1]), (long)status[5], (long)status[6]);
    }

#pragma warning disable SYSLIB1054 // source-generated marshalling needs unsafe code; this runs a few times a minute
    [DllImport("libc", SetLastError = true)]
    private static extern int statvfs(string path, [Out] ulong[] status);
#pragma warning restore SYSLIB1054
}
