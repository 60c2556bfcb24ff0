using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Tandem.Kubernetes.Node.Volumes;

/// <summary>A file or folder held open, below which paths are resolved so that nothing leads out of it. See openat2(2).</summary>
internal sealed class BeneathFolder : SafeHandleZeroOrMinusOneIsInvalid
{
    private const long OpenAt2 = 437; // the number is the same on all architectures
    private const ulong PathOnly = 0x200000, CloseOnExec = 0x80000; // O_PATH, O_CLOEXEC
    private const ulong NoMagicLinks = 0x02, Beneath = 0x08; // RESOLVE_NO_MAGICLINKS, RESOLVE_BENEATH
    private const int CurrentFolder = -100, NotFound = 2, Exists = 17; // AT_FDCWD, ENOENT, EEXIST
    private const int TypeMask = 0xF000, Folder = 0x4000; // S_IFMT, S_IFDIR

    private BeneathFolder(nint descriptor)
        : base(ownsHandle: true) => SetHandle(descriptor);

    /// <summary>The file's permission bits.</summary>
    public UnixFileMode Mode => (UnixFileMode)(LinuxFiles.ModeOf(Name) & 0xFFF);

    public bool IsFolder => (LinuxFiles.ModeOf(Name) & TypeMask) == Folder;

    private string Name => $"/proc/self/fd/{handle}";

    /// <exception cref="IOException">It is not there.</exception>
    public static BeneathFolder Open(string path) => TryOpen(CurrentFolder, path, 0) ?? throw new IOException($"{path}: no such file or directory");

    /// <summary>What a relative path leads to, links resolved; null where there is nothing.</summary>
    /// <exception cref="IOException">It leads out of this folder.</exception>
    public BeneathFolder? TryOpen(string path) => TryOpen((int)handle, path, Beneath | NoMagicLinks);

    /// <summary>Makes a folder with just these permissions; another may have been quicker.</summary>
    public void MakeFolder(string name, UnixFileMode mode)
    {
        if (mkdirat((int)handle, name, 0x1C0) != 0) // 0700, until it is this process's for sure
        {
            if (Marshal.GetLastPInvokeError() != Exists)
                throw Failed(name);
            return;
        }

        // Never through a link that has taken its place.
        using var made = TryOpen(name);
        if (made is { IsFolder: true })
            File.SetUnixFileMode(made.Name, mode);
    }

    protected override bool ReleaseHandle() => close((int)handle) == 0;

    private static BeneathFolder? TryOpen(int folder, string path, ulong resolve)
    {
        var how = new OpenHow { Flags = PathOnly | CloseOnExec, Resolve = resolve };
        var descriptor = syscall(OpenAt2, folder, path, ref how, Marshal.SizeOf<OpenHow>());
        if (descriptor >= 0)
            return new BeneathFolder((nint)descriptor);
        return Marshal.GetLastPInvokeError() == NotFound ? null : throw Failed(path);
    }

    private static IOException Failed(string path) => new($"{path}: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");

    // struct open_how of openat2(2).
    private struct OpenHow
    {
        public ulong Flags;
        public ulong Mode;
        public ulong Resolve;
    }

#pragma warning disable SYSLIB1054 // source-generated marshalling needs unsafe code; these run a few times per pod
    [DllImport("libc", SetLastError = true)]
    private static extern long syscall(long number, int folder, string path, ref OpenHow how, nint size);

    [DllImport("libc", SetLastError = true)]
    private static extern int mkdirat(int folder, string name, uint mode);

    [DllImport("libc", SetLastError = true)]
    private static extern int close(int descriptor);
#pragma warning restore SYSLIB1054
}
