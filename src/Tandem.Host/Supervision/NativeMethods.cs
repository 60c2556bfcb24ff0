using System.Runtime.InteropServices;

namespace Tandem.Host.Supervision;

internal static partial class NativeMethods
{
    public const int Terminate = 15;
    public const int KillNow = 9;
    public const int Continue = 18;
    public const int Stop = 19;

    /// <summary>kill(2).</summary>
    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int pid, int signal);

    /// <summary>umount2(2).</summary>
    [LibraryImport("libc", EntryPoint = "umount2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Unmount(string target, int flags);
}
