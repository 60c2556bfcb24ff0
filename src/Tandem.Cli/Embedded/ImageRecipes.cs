using Tandem.Images;
using Tandem.Images.Layers;
using Tandem.Images.Recipes;
using Tandem.Platform.Spec;

namespace Tandem.Cli.Embedded;

/// <summary>The images that can be built here: Tandem's own by name, others by the file of their recipe.</summary>
internal static class ImageRecipes
{
    private static readonly Dictionary<string, Func<ImageRecipe>> Known = new()
    {
        ["nginx"] = () => NginxRecipe.Create(),
        ["whoami"] = () => WhoamiRecipe.Create(),
    };

    public static IReadOnlyCollection<string> Names => Known.Keys;

    /// <summary>What every embedded cluster runs itself.</summary>
    public static readonly IReadOnlyList<(string Name, Func<ImageRecipe> Recipe)> System =
        [("pause", () => PauseRecipe.Create()), ("ingress", () => IngressRecipe.Create()), ("cluster-dns", () => ClusterDnsRecipe.Create())];

    /// <param name="name">One of <see cref="Names"/>, or the path of a recipe's file.</param>
    /// <exception cref="InvalidSpecException">The file has mistakes.</exception>
    public static ImageRecipe Find(string name) => Known.TryGetValue(name, out var own) ? own() : Of(ImageFile.Load(name));

    private static ImageRecipe Of(ImageSpec spec) => PackagesRecipe.Create(
        spec.Name,
        spec.VersionOf is { Length: > 0 } package ? ImageVersion.OfPackage(package) : ImageVersion.Fixed(spec.Version!),
        spec.Packages,
        [.. spec.Files.SelectMany(Entries)],
        spec.Entrypoint) with
    {
        User = spec.User,
        Environment = spec.Environment,
        WorkingDirectory = spec.WorkingDirectory,
        StopSignal = spec.StopSignal,
        Origin = spec.File,
    };

    private static IEnumerable<LayerEntry> Entries(ImageFileSpec file) => file switch
    {
        { Source: { } source } => LayerEntry.TreeOf(source, file.Path.TrimStart('/')),
        { Link: { } link } => [LayerEntry.Link(file.Path.TrimStart('/'), link)],
        _ => [LayerEntry.Text(file.Path.TrimStart('/'), file.Text!)],
    };
}
