using System.Globalization;
using System.Text;

namespace Tandem.Images.Layers;

/// <summary>The bytes of a file: in memory, or at a path to be read when they are needed.</summary>
internal sealed class FileContent
{
    private readonly byte[]? _bytes;
    private readonly string? _path;

    private FileContent(byte[]? bytes, string? path) => (_bytes, _path) = (bytes, path);

    public static FileContent Of(byte[] bytes) => new(bytes, null);

    public static FileContent Of(string text) => new(Encoding.UTF8.GetBytes(text), null);

    public static FileContent At(string path) => new(null, Path.GetFullPath(path));

    /// <summary>
    /// Stands for the content in cache keys. A file on disk is known by place, size and time, as make does it:
    /// hashing the .NET runtime on every start would cost more than all other lookups together.
    /// </summary>
    public string Fingerprint()
    {
        if (_bytes is not null)
            return Digest.Of(_bytes);
        var file = new FileInfo(_path!);
        return string.Create(CultureInfo.InvariantCulture, $"{_path} {file.Length} {file.LastWriteTimeUtc.Ticks}");
    }

    public Stream Open() => _bytes is not null ? new MemoryStream(_bytes, writable: false) : File.OpenRead(_path!);
}
