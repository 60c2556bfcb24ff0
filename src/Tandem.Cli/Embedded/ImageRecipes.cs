using Tandem.Images;
using Tandem.Images.Recipes;

namespace Tandem.Cli.Embedded;

/// <summary>The images that can be built here, by the names that a platform file uses.</summary>
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

    public static ImageRecipe Find(string name) => Known[name]();
}
