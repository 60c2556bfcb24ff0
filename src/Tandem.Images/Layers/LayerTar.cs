using System.Formats.Tar;

namespace Tandem.Images.Layers;

/// <summary>
/// Writes a layer as an uncompressed tar file that depends on nothing but the entries: sorted by path, owned by root,
/// dated 1970. The GNU format is used because .NET's PAX headers carry the process id.
/// </summary>
internal static class LayerTar
{
    private static readonly DateTimeOffset Epoch = DateTimeOffset.UnixEpoch;

    public static async Task WriteAsync(Stream destination, IEnumerable<LayerEntry> entries, CancellationToken cancellationToken)
    {
        await using var writer = new TarWriter(destination, TarEntryFormat.Gnu, leaveOpen: true);
        foreach (var entry in WithParents(entries))
        {
            await using var content = (entry as FileEntry)?.Content.Open();
            await writer.WriteEntryAsync(Convert(entry, content), cancellationToken);
        }
    }

    internal static IEnumerable<LayerEntry> WithParents(IEnumerable<LayerEntry> entries)
    {
        var all = new SortedDictionary<string, LayerEntry>(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            // What comes later wins, except that a folder never hides a link to one (merged /usr).
            if (entry is not DirectoryEntry || !all.ContainsKey(entry.Path))
                all[entry.Path] = entry;
        }

        foreach (var path in all.Keys.ToList())
        {
            for (var parent = Path.GetDirectoryName(path); !string.IsNullOrEmpty(parent); parent = Path.GetDirectoryName(parent))
                all.TryAdd(parent, LayerEntry.Directory(parent));
        }

        return all.Values;
    }

    private static GnuTarEntry Convert(LayerEntry entry, Stream? content) => entry switch
    {
        DirectoryEntry => Create(TarEntryType.Directory, entry.Path + "/", entry.Mode),
        LinkEntry link => Create(TarEntryType.SymbolicLink, entry.Path, entry.Mode, target: link.Target),
        PipeEntry => Create(TarEntryType.Fifo, entry.Path, entry.Mode),
        _ => Create(TarEntryType.RegularFile, entry.Path, entry.Mode, content),
    };

    private static GnuTarEntry Create(TarEntryType type, string path, UnixFileMode mode, Stream? content = null, string? target = null)
    {
        var entry = new GnuTarEntry(type, path) { ModificationTime = Epoch, Mode = mode, Uid = 0, Gid = 0 };
        if (content is not null)
            entry.DataStream = content;
        if (target is not null)
            entry.LinkName = target;
        return entry;
    }
}
