using Tandem.Images.Layers;

namespace Tandem.Images.Recipes;

/// <summary>Layers that several images share.</summary>
internal static class CommonLayers
{
    private const UnixFileMode Sticky = UnixFileMode.StickyBit | (UnixFileMode)0b111_111_111;

    /// <summary>What a program expects of any Linux: users, a place for temporary files, merged /usr, how names are looked up.</summary>
    public static FilesLayer Base { get; } = new(
    [
        LayerEntry.Link("bin", "usr/bin"),
        LayerEntry.Link("sbin", "usr/sbin"),
        LayerEntry.Link("lib", "usr/lib"),
        LayerEntry.Link("lib64", "usr/lib64"),
        LayerEntry.Directory("tmp", Sticky),
        LayerEntry.Directory("proc"),
        LayerEntry.Directory("sys"),
        LayerEntry.Directory("dev"),
        LayerEntry.Directory("run"),
        LayerEntry.Directory("var/log"),
        LayerEntry.Text("etc/passwd", """
            root:x:0:0:root:/root:/sbin/nologin
            nginx:x:101:101:nginx:/nonexistent:/sbin/nologin
            nonroot:x:65532:65532:nonroot:/tmp:/sbin/nologin

            """),
        LayerEntry.Text("etc/group", "root:x:0:\nnginx:x:101:\nnonroot:x:65532:\n"),
        LayerEntry.Text("etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\n"),
    ]);

    /// <summary>What both nginx and the .NET runtime link to.</summary>
    public static DebianLayer Libraries { get; } = new("libc6", "libgcc-s1", "libssl3", "zlib1g");

    /// <summary>What the .NET runtime needs beyond that; no ICU, as all programs here use the invariant culture.</summary>
    public static DebianLayer CppLibrary { get; } = new("libstdc++6");

    /// <summary>The nginx program, its modules and media types.</summary>
    public static DebianLayer Nginx { get; } = new("nginx");
}
