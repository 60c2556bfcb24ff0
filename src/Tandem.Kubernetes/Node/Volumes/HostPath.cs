using k8s.Models;

namespace Tandem.Kubernetes.Node.Volumes;

/// <summary>A path of the node itself, checked or made as its type says.</summary>
internal static class HostPath
{
    // S_IFMT values of inode(7).
    private const int Socket = 0xC000, Regular = 0x8000, BlockDevice = 0x6000, CharDevice = 0x2000;

    /// <exception cref="IOException">The path is not of the type asked for.</exception>
    public static string Check(V1HostPathVolumeSource source)
    {
        var path = source.Path;
        switch (source.Type)
        {
            case "DirectoryOrCreate":
                if (!Directory.Exists(path))
                    Directory.CreateDirectory(path);
                break;
            case "FileOrCreate":
                if (!File.Exists(path))
                    File.Create(path).Dispose();
                break;
            case "Directory":
                Require(Directory.Exists(path), path, "a directory");
                break;
            case "File":
                Require(LinuxFiles.TypeOf(path) == Regular, path, "a file");
                break;
            case "Socket":
                Require(LinuxFiles.TypeOf(path) == Socket, path, "a socket file");
                break;
            case "CharDevice":
                Require(LinuxFiles.TypeOf(path) == CharDevice, path, "a character device");
                break;
            case "BlockDevice":
                Require(LinuxFiles.TypeOf(path) == BlockDevice, path, "a block device");
                break;
        }

        return path;
    }

    private static void Require(bool fulfilled, string path, string kind)
    {
        if (!fulfilled)
            throw new IOException($"hostPath type check failed: {path} is not {kind}");
    }
}
