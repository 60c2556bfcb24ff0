using System.Reflection;
using Tandem.Images.DotNet;
using Tandem.Images.Layers;

namespace Tandem.Images.Recipes;

/// <summary>An image with one of Tandem's own .NET programs; the frameworks that the program asks for choose the layers.</summary>
internal static class DotNetRecipe
{
    public static ImageRecipe Create(string name, DotNetProgram program, params IEnumerable<LayerRecipe> extra) => new(
        name,
        ImageVersion.Fixed(ProductVersion),
        [
            CommonLayers.Base,
            CommonLayers.Libraries,
            CommonLayers.CppLibrary,
            DotNetRuntime.Base(),
            .. program.Frameworks.Where(f => f != DotNetRuntime.BaseFramework).Select(DotNetRuntime.Framework),
            .. extra,
            program.Layer(),
        ],
        program.Entrypoint)
    {
        // The diagnostics pipe would be a file in /tmp that nobody in the cluster can use.
        Environment = new Dictionary<string, string> { ["DOTNET_EnableDiagnostics"] = "0" },
        WorkingDirectory = "/app",
    };

    private static string ProductVersion { get; } = Assembly.GetExecutingAssembly().GetName().Version!.ToString(3);
}
