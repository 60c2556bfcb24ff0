using System.Text.Json;
using Tandem.Images.Layers;

namespace Tandem.Images.DotNet;

/// <summary>A framework-dependent .NET program in a folder that may hold other programs too.</summary>
/// <param name="Folder">Where the build put it.</param>
/// <param name="Name">The assembly's name without <c>.dll</c>.</param>
public sealed record DotNetProgram(string Folder, string Name)
{
    private const string Target = "app";

    /// <summary>A program that lies beside the running one, as programs do that it references as projects.</summary>
    public static DotNetProgram BesideThis(string name) => new(AppContext.BaseDirectory, name);

    internal IReadOnlyList<string> Entrypoint => [$"/{DotNetRuntime.Root}/dotnet", $"/{Target}/{Name}.dll"];

    /// <summary>The shared frameworks that the program's runtimeconfig.json asks for.</summary>
    internal IReadOnlyList<string> Frameworks
    {
        get
        {
            using var config = Read("runtimeconfig.json");
            var options = config.RootElement.GetProperty("runtimeOptions");
            return options.TryGetProperty("frameworks", out var several)
                ? [.. several.EnumerateArray().Select(f => f.GetProperty("name").GetString()!)]
                : [options.GetProperty("framework").GetProperty("name").GetString()!];
        }
    }

    /// <summary>The program's own files and the assemblies that its deps.json lists.</summary>
    internal FilesLayer Layer() => new(
        [.. Files().Distinct().Order(StringComparer.Ordinal).Select(f => LayerEntry.CopyOf(Existing(f), $"{Target}/{f}"))]);

    private IEnumerable<string> Files()
    {
        yield return $"{Name}.deps.json";
        yield return $"{Name}.runtimeconfig.json";
        using var deps = Read("deps.json");
        var target = deps.RootElement.GetProperty("runtimeTarget").GetProperty("name").GetString()!;
        foreach (var library in deps.RootElement.GetProperty("targets").GetProperty(target).EnumerateObject())
        {
            // The build flattens what fits every platform and keeps the path of what does not.
            foreach (var asset in Assets(library.Value, "runtime"))
                yield return Path.GetFileName(asset);
            foreach (var asset in Assets(library.Value, "runtimeTargets"))
                yield return asset;
        }
    }

    private static IEnumerable<string> Assets(JsonElement library, string kind) =>
        library.TryGetProperty(kind, out var assets) ? assets.EnumerateObject().Select(a => a.Name) : [];

    private JsonDocument Read(string suffix) => JsonDocument.Parse(File.ReadAllBytes(Existing($"{Name}.{suffix}")));

    private string Existing(string file)
    {
        var path = Path.Combine(Folder, file);
        return File.Exists(path) ? path : throw new FileNotFoundException($"the program {Name} lacks {file} in {Folder}", path);
    }
}
