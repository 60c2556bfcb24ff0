using System.Text.Json;
using Tandem.Images.Layers;
using Tandem.Images.Layout;
using Tandem.Images.Packages;

namespace Tandem.Images;

/// <summary>
/// Builds OCI images from recipes into a cache folder, without a daemon and without root. What was built once from the same
/// inputs is taken from the cache. Several builds may share the folder at the same time.
/// </summary>
/// <param name="cacheFolder">Where packages, blobs and archives are kept; made when missing.</param>
public sealed class ImageBuilder(string cacheFolder)
{
    // Part of every cache key: raise it when the same recipe is to give other bytes.
    private const string Format = "1";

    private readonly DebianArchive _packages = new(Path.Combine(cacheFolder, "packages"));
    private readonly ImageRecords _records = new(cacheFolder);
    private readonly BlobStore _blobs = new(Path.Combine(cacheFolder, "blobs"));

    /// <summary>Builds an image, or finds it in the cache.</summary>
    /// <exception cref="PackageUnavailableException">A Debian package cannot be had.</exception>
    /// <exception cref="FileNotFoundException">A file of a layer is not there.</exception>
    public async Task<BuiltImage> BuildAsync(ImageRecipe recipe, CancellationToken cancellationToken = default)
    {
        var layers = new List<Descriptor>();
        var installed = new List<DebianPackage>();
        foreach (var layer in recipe.Layers)
            layers.Add(await BuildLayerAsync(layer, installed, cancellationToken));

        var config = await _blobs.AddAsync(Documents.ConfigType, Documents.Config(recipe, layers.Select(l => l.Digest)), cancellationToken);
        var manifest = await _blobs.AddAsync(Documents.ManifestType, Documents.Manifest(config, layers), cancellationToken);
        var tag = $"{VersionOf(recipe, installed)}-{Digest.Hex(manifest.Digest)[..8]}";
        var image = new BuiltImage(recipe.Name, tag, manifest.Digest) { Manifest = manifest, Blobs = [manifest, config, .. layers] };
        await _records.WriteAsync(
            new ImageRecord(image.Reference, image.Digest, recipe.Origin, [.. installed.Select(p => $"{p.Name}={p.Version}").Order(StringComparer.Ordinal)]), cancellationToken);
        return image;
    }

    /// <summary>Writes images as one OCI image-layout tar file into the cache, unless it is there.</summary>
    /// <returns>The file's path.</returns>
    public async Task<string> ArchiveAsync(IReadOnlyList<BuiltImage> images, CancellationToken cancellationToken = default)
    {
        var key = Digest.Of(string.Join('\n', images.Select(i => $"{i.Reference} {i.Digest}").Order(StringComparer.Ordinal)));
        var path = Path.Combine(cacheFolder, "archives", Digest.Hex(key) + ".tar");
        if (!File.Exists(path))
            await AtomicFile.WriteAsync(path, stream => ImageArchive.WriteAsync(stream, images, _blobs, cancellationToken));
        return path;
    }

    private async Task<Descriptor> BuildLayerAsync(LayerRecipe layer, List<DebianPackage> installed, CancellationToken cancellationToken)
    {
        switch (layer)
        {
            case FilesLayer files:
                return await CachedAsync(files.Entries.Select(Fingerprint), () => Task.FromResult(files.Entries), cancellationToken);
            case DebianLayer debian:
                var packages = await _packages.ResolveAsync(debian.Packages, installed, cancellationToken);
                installed.AddRange(packages);
                return await CachedAsync(packages.Select(p => p.FileName), () => UnpackAsync(packages, cancellationToken), cancellationToken);
            default:
                throw new ArgumentException($"unknown kind of layer {layer.GetType().Name}", nameof(layer));
        }
    }

    private async Task<Descriptor> CachedAsync(
        IEnumerable<string> inputs, Func<Task<IReadOnlyList<LayerEntry>>> entries, CancellationToken cancellationToken)
    {
        var key = Digest.Of(string.Join('\n', inputs.Prepend(Format)));
        var known = Path.Combine(cacheFolder, "layers", Digest.Hex(key) + ".json");
        if (File.Exists(known))
        {
            var found = JsonSerializer.Deserialize<Descriptor>(await File.ReadAllBytesAsync(known, cancellationToken))!;
            if (new FileInfo(_blobs.PathOf(found.Digest)) is { Exists: true } blob && blob.Length == found.Size)
                return found;
        }

        var content = await entries();
        var built = await _blobs.AddAsync(Documents.LayerType, s => LayerTar.WriteAsync(s, content, cancellationToken), cancellationToken);
        await AtomicFile.WriteAsync(known, JsonSerializer.SerializeToUtf8Bytes(built), cancellationToken);
        return built;
    }

    private async Task<IReadOnlyList<LayerEntry>> UnpackAsync(IReadOnlyList<DebianPackage> packages, CancellationToken cancellationToken)
    {
        var entries = new List<LayerEntry>();
        foreach (var file in await _packages.DownloadAsync(packages, cancellationToken))
            entries.AddRange(await PackageFiles.ReadAsync(file, cancellationToken));
        return entries;
    }

    private static string Fingerprint(LayerEntry entry) => entry switch
    {
        FileEntry file => $"file {file.Path} {file.Mode} {file.Content.Fingerprint()}",
        LinkEntry link => $"link {link.Path} {link.Target}",
        _ => $"{entry.GetType().Name} {entry.Path} {entry.Mode}",
    };

    private static string VersionOf(ImageRecipe recipe, List<DebianPackage> installed) => recipe.Version switch
    {
        FixedVersion version => version.Version,
        PackageVersion version => installed.Single(p => p.Name == version.Package).UpstreamVersion,
        _ => throw new ArgumentException("unknown kind of version", nameof(recipe)),
    };
}
