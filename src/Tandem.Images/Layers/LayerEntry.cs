namespace Tandem.Images.Layers;

/// <summary>One entry of a layer. Every entry belongs to root and has the same fixed time, so that layers are reproducible.</summary>
/// <param name="Path">Relative to the root, without a leading slash.</param>
/// <param name="Mode">Permission bits, for example 0755 octal.</param>
public abstract record LayerEntry(string Path, UnixFileMode Mode)
{
    internal const UnixFileMode Executable = (UnixFileMode)0b111_101_101;
    internal const UnixFileMode Readable = (UnixFileMode)0b110_100_100;

    /// <summary>A folder.</summary>
    public static LayerEntry Directory(string path, UnixFileMode mode = Executable) => new DirectoryEntry(path, mode);

    /// <summary>A file with the given text as UTF-8.</summary>
    public static LayerEntry Text(string path, string text) => new FileEntry(path, Readable, FileContent.Of(text));

    /// <summary>A copy of a file on this machine, read when the layer is built.</summary>
    public static LayerEntry CopyOf(string source, string path, bool executable = false) =>
        new FileEntry(path, executable ? Executable : Readable, FileContent.At(source));

    /// <summary>A copy of a file of this machine, or of a folder with all that is in it; what is executable there is so here.</summary>
    /// <exception cref="IOException">Something in it is neither file nor folder nor link.</exception>
    public static IEnumerable<LayerEntry> TreeOf(string source, string path)
    {
        var info = new FileInfo(source);
        if (info.LinkTarget is { } target)
            return [Link(path, target)];
        if (System.IO.Directory.Exists(source))
        {
            return System.IO.Directory.EnumerateFileSystemEntries(source)
                .SelectMany(s => TreeOf(s, $"{path}/{System.IO.Path.GetFileName(s)}".TrimStart('/')))
                .Prepend(Directory(path)).Where(e => e.Path.Length > 0);
        }

        return info.Exists && (info.Attributes & (FileAttributes.Device)) == 0
            ? [CopyOf(source, path, (info.UnixFileMode & UnixFileMode.UserExecute) != 0)]
            : throw new IOException($"{source} is neither a file nor a folder nor a link");
    }

    /// <summary>A symbolic link.</summary>
    public static LayerEntry Link(string path, string target) => new LinkEntry(path, target);

    /// <summary>A named pipe that every user may open.</summary>
    public static LayerEntry Pipe(string path) => new PipeEntry(path);
}

internal sealed record DirectoryEntry(string Path, UnixFileMode Mode) : LayerEntry(Path, Mode);

internal sealed record FileEntry(string Path, UnixFileMode Mode, FileContent Content) : LayerEntry(Path, Mode);

internal sealed record LinkEntry(string Path, string Target) : LayerEntry(Path, (UnixFileMode)0b111_111_111);

internal sealed record PipeEntry(string Path) : LayerEntry(Path, (UnixFileMode)0b110_110_110);
