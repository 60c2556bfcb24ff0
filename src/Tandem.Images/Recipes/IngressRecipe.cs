using Tandem.Images.DotNet;

namespace Tandem.Images.Recipes;

/// <summary>The ingress controller with the nginx that it drives.</summary>
public static class IngressRecipe
{
    /// <summary>The recipe of <c>tandem.local/ingress</c>.</summary>
    /// <param name="program">Where the program is; null means beside the running one.</param>
    public static ImageRecipe Create(DotNetProgram? program = null) =>
        DotNetRecipe.Create("tandem.local/ingress", program ?? DotNetProgram.BesideThis("Tandem.Ingress"), CommonLayers.Nginx) with
        {
            User = 101,
        };
}
