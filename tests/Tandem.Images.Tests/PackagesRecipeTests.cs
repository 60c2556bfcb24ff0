using Tandem.Images.Layers;
using Tandem.Images.Recipes;

namespace Tandem.Images.Tests;

/// <summary>Images of users' recipes.</summary>
public sealed class PackagesRecipeTests
{
    [Fact]
    public async Task BuildAsync_TwiceFromNothing_GivesTheSameBytes()
    {
        // Other places, other times, other order of creation, nothing downloaded: only what the recipe says is the same.
        var (first, firstArchive) = await BuildAsync(reverse: false);
        var (second, secondArchive) = await BuildAsync(reverse: true);

        Assert.Equal(first.Digest, second.Digest);
        Assert.Matches(@"^tandem\.local/tools:[0-9.]+-[0-9a-f]{8}$", first.Reference);
        Assert.True(firstArchive.AsSpan().SequenceEqual(secondArchive));
    }

    [Fact]
    public async Task BuildAsync_Recipe_RunsInContainerd()
    {
        using var folder = new TemporaryFolder();
        using var cache = new TemporaryFolder();
        var builder = new ImageBuilder(cache.Path);
        var image = await builder.BuildAsync(Recipe(folder, reverse: false));
        await using var containerd = await Containerd.StartAsync();
        await new ImageImporter(containerd.Socket).ImportAsync(await builder.ArchiveAsync([image]), [(image.Reference, image.Digest)]);

        Assert.Equal("hello from /srv, as 1234\n", await containerd.CtrAsync("run", "--rm", "--read-only", image.Reference, "t"));
        Assert.Equal("linked\n", await containerd.CtrAsync("run", "--rm", "--read-only", image.Reference, "t", "/bin/busybox", "cat", "/etc/linked"));

        var record = Assert.Single(await new ImageRecords(cache.Path).ReadAsync());
        Assert.Equal((image.Reference, image.Digest, "tools.yaml"), (record.Reference, record.Digest, record.Origin));
        Assert.StartsWith("busybox-static=", Assert.Single(record.Packages), StringComparison.Ordinal);
    }

    private static async Task<(BuiltImage Image, byte[] Archive)> BuildAsync(bool reverse)
    {
        using var folder = new TemporaryFolder();
        using var cache = new TemporaryFolder();
        var builder = new ImageBuilder(cache.Path);
        var image = await builder.BuildAsync(Recipe(folder, reverse));
        return (image, await File.ReadAllBytesAsync(await builder.ArchiveAsync([image])));
    }

    private static ImageRecipe Recipe(TemporaryFolder folder, bool reverse)
    {
        (string Name, string Text)[] files = [("run.sh", "#!/bin/busybox sh\n. ./say.sh\n"), ("say.sh", "echo hello from $PWD, as $(/bin/busybox id -u)\n"), ("deep/er/data", "x")];
        foreach (var (name, text) in reverse ? files.Reverse() : files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(folder[name])!);
            File.WriteAllText(folder[name], text);
            File.SetLastWriteTimeUtc(folder[name], reverse ? DateTime.UnixEpoch.AddYears(40) : DateTime.UnixEpoch.AddYears(30));
        }

        File.SetUnixFileMode(folder["run.sh"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return PackagesRecipe.Create(
            "tools", ImageVersion.OfPackage("busybox-static"), ["busybox-static"],
            [.. LayerEntry.TreeOf(folder.Path, "srv"), LayerEntry.Text("etc/data", "linked\n"), LayerEntry.Link("etc/linked", "data"), LayerEntry.Text("bin/tool", "")],
            ["/srv/run.sh"]) with
        { User = 1234, WorkingDirectory = "/srv", Origin = "tools.yaml" };
    }
}
