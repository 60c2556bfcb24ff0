using System.Formats.Tar;
using FsCheck.Xunit;
using Tandem.Images.Layers;

namespace Tandem.Images.Tests.Layers;

public class LayerTarTests
{
    [Property(MaxTest = 50)]
    public void WriteAsync_EntriesInAnyOrder_GivesTheSameBytes(byte[] names, int seed)
    {
        var entries = names.Distinct().Select(n => LayerEntry.Text($"a/{n % 7}/{n}", $"text {n}")).ToList();
        var shuffled = entries.ToArray();
        new Random(seed).Shuffle(shuffled);

        Assert.Equal(Write(entries), Write(shuffled));
    }

    [Fact]
    public async Task WriteAsync_AllKindsOfEntries_AreReadBackWithOwnerTimeAndParents()
    {
        var longPath = string.Join('/', Enumerable.Repeat("a-folder-with-a-long-name", 8)) + "/file";
        var tar = Write(
        [
            LayerEntry.Text(longPath, "x"),
            LayerEntry.Link("bin", "usr/bin"),
            LayerEntry.Pipe("pause"),
            LayerEntry.Directory("tmp", UnixFileMode.StickyBit | (UnixFileMode)511),
        ]);

        var read = new List<TarEntry>();
        using var reader = new TarReader(new MemoryStream(tar));
        while (await reader.GetNextEntryAsync(copyData: true) is { } entry)
            read.Add(entry);

        Assert.All(read, e => Assert.Equal((0, 0, DateTimeOffset.UnixEpoch), (e.Uid, e.Gid, e.ModificationTime)));
        Assert.Contains(read, e => e.Name == longPath && e.EntryType == TarEntryType.RegularFile);
        Assert.Contains(read, e => e.Name == "a-folder-with-a-long-name/" && e.EntryType == TarEntryType.Directory);
        Assert.Contains(read, e => e.Name == "bin" && e.LinkName == "usr/bin");
        Assert.Contains(read, e => e.Name == "pause" && e.EntryType == TarEntryType.Fifo);
        Assert.Contains(read, e => e.Name == "tmp/" && e.Mode.HasFlag(UnixFileMode.StickyBit));
    }

    [Fact]
    public void WithParents_FolderWhereALinkIs_KeepsTheLink()
    {
        var entries = LayerTar.WithParents([LayerEntry.Link("lib", "usr/lib"), LayerEntry.Directory("lib")]);

        Assert.IsType<LinkEntry>(Assert.Single(entries));
    }

    private static byte[] Write(IEnumerable<LayerEntry> entries)
    {
        using var stream = new MemoryStream();
        LayerTar.WriteAsync(stream, entries, CancellationToken.None).GetAwaiter().GetResult();
        return stream.ToArray();
    }
}
