using Tandem.Images;
using Tandem.Platform.Spec;

namespace Tandem.Cli.Embedded;

/// <summary>The images of a platform, built, and the archive that holds them all.</summary>
internal sealed record BuiltImages(string Archive, IReadOnlyDictionary<string, BuiltImage> ByRecipe)
{
    /// <summary>For a platform without embedded clusters.</summary>
    public static readonly BuiltImages None = new("", new Dictionary<string, BuiltImage>());

    public static async Task<BuiltImages> BuildAsync(PlatformSpec spec, string cache, CancellationToken cancellationToken)
    {
        var builder = new ImageBuilder(cache);
        var images = new Dictionary<string, BuiltImage>();
        var wanted = spec.Images.Values.Distinct().Select(n => (Name: n, Recipe: (Func<ImageRecipe>)(() => ImageRecipes.Find(n))));
        foreach (var (name, recipe) in ImageRecipes.System.Concat(wanted))
            images[name] = await builder.BuildAsync(recipe() is { Origin: "" } own ? own with { Origin = name } : recipe(), cancellationToken);
        return new BuiltImages(await builder.ArchiveAsync([.. images.Values], cancellationToken), images);
    }

    /// <summary>The platform file's mapping, to the names that the images really have.</summary>
    public IReadOnlyDictionary<string, string> Mapping(PlatformSpec spec) => spec.Images.ToDictionary(i => i.Key, i => ByRecipe[i.Value].Reference);
}
