using Tandem.Images.DotNet;

namespace Tandem.Images.Recipes;

/// <summary>Tandem's own whoami, which answers in the text format of traefik/whoami.</summary>
public static class WhoamiRecipe
{
    /// <summary>The recipe of <c>tandem.local/whoami</c>.</summary>
    /// <param name="program">Where the program is; null means beside the running one.</param>
    public static ImageRecipe Create(DotNetProgram? program = null) =>
        DotNetRecipe.Create("tandem.local/whoami", program ?? DotNetProgram.BesideThis("Tandem.Whoami"));
}
