namespace Tandem.Images.Layers;

/// <summary>What one layer of an image holds.</summary>
public abstract record LayerRecipe;

/// <summary>A layer of files that are known before the build.</summary>
/// <param name="Entries">The entries, in any order; parent folders are added where they are missing.</param>
public sealed record FilesLayer(IReadOnlyList<LayerEntry> Entries) : LayerRecipe;

/// <summary>
/// A layer of Debian packages with all they depend on, less what earlier layers of the same image hold already
/// and less what only maintainer scripts need (<see cref="Packages.MaintainerOnly"/>).
/// </summary>
/// <param name="Packages">Names as apt knows them.</param>
public sealed record DebianLayer(params IReadOnlyList<string> Packages) : LayerRecipe;
