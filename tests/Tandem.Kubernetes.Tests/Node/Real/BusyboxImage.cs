using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Tandem.Kubernetes.Tests.Node.Real;

/// <summary>A container image of the machine's static busybox, as a docker-archive.</summary>
internal static class BusyboxImage
{
    public const string Name = "tandem.local/busybox:test";
    private static readonly string[] Entrypoint = ["/bin/busybox", "sleep", "2147483647"];
    private static readonly string[] Layers = ["layer.tar"];

    /// <summary>Writes the archive; an image of another name has another id too.</summary>
    public static void Write(string file, string name = Name)
    {
        var layer = Layer();
        var config = JsonSerializer.SerializeToUtf8Bytes(new
        {
            architecture = "amd64",
            os = "linux",
            config = new { Entrypoint, Env = new[] { "PATH=/bin" }, Labels = new { name } },
            rootfs = new { type = "layers", diff_ids = new[] { "sha256:" + Convert.ToHexStringLower(SHA256.HashData(layer)) } },
        });
        var manifest = JsonSerializer.SerializeToUtf8Bytes(new[] { new { Config = "config.json", RepoTags = new[] { name }, Layers } });
        using var stream = File.Create(file);
        using var tar = new TarWriter(stream);
        Add(tar, "config.json", config);
        Add(tar, "layer.tar", layer);
        Add(tar, "manifest.json", manifest);
    }

    private static byte[] Layer()
    {
        using var stream = new MemoryStream();
        using (var tar = new TarWriter(stream, leaveOpen: true))
        {
            foreach (var folder in (string[])["bin/", "tmp/", "etc/", "dev/", "proc/", "sys/"])
                tar.WriteEntry(new PaxTarEntry(TarEntryType.Directory, folder) { Mode = (UnixFileMode)511 });
            Add(tar, "bin/busybox", File.ReadAllBytes("/bin/busybox"), (UnixFileMode)493);
            foreach (var applet in (string[])["sh", "true", "sleep", "cat", "echo", "test", "touch", "rm", "dd", "id", "stat", "ls", "tail", "tee", "tar", "head", "nc", "httpd", "stty", "yes", "md5sum", "ps", "wc"])
                tar.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, "bin/" + applet) { LinkName = "busybox" });
            Add(tar, "etc/passwd", Encoding.UTF8.GetBytes("root:x:0:0::/:/bin/sh\n"));
        }

        return stream.ToArray();
    }

    private static void Add(TarWriter tar, string name, byte[] content, UnixFileMode mode = (UnixFileMode)420) =>
        tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content), Mode = mode });
}
