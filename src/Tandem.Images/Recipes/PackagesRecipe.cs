using Tandem.Images.Layers;
using Tandem.Images.Packages;

namespace Tandem.Images.Recipes;

/// <summary>An image of Debian packages with files laid over them: what a user's recipe file describes.</summary>
public static class PackagesRecipe
{
    /// <param name="name">The last part of the image's name.</param>
    /// <param name="version">How the tag's first part is found.</param>
    /// <param name="packages">Debian packages; what they depend on comes with them.</param>
    /// <param name="files">Laid over them, by absolute paths or without the slash.</param>
    /// <param name="entrypoint">The program and its first arguments.</param>
    public static ImageRecipe Create(
        string name, ImageVersion version, IReadOnlyList<string> packages, IReadOnlyList<LayerEntry> files, IReadOnlyList<string> entrypoint)
    {
        var layers = new List<LayerRecipe> { CommonLayers.Base };
        if (packages.Count > 0)
            layers.Add(new DebianLayer(packages));
        if (files.Count > 0)
            layers.Add(new FilesLayer([.. files.Select(f => f with { Path = PackageFiles.Normalize(f.Path) })]));
        return new ImageRecipe("tandem.local/" + name, version, layers, entrypoint);
    }
}
