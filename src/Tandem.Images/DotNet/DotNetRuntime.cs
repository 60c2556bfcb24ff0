using System.Runtime.InteropServices;
using Tandem.Images.Layers;

namespace Tandem.Images.DotNet;

/// <summary>Layers with the .NET runtime that runs this very program, less what only debuggers need.</summary>
internal static class DotNetRuntime
{
    public const string Root = "usr/share/dotnet";
    public const string BaseFramework = "Microsoft.NETCore.App";

    private static readonly string[] Debugging =
    [
        "createdump", "libmscordbi.so", "libmscordaccore.so", "libcoreclrtraceptprovider.so",
        "libclrgc.so", "libclrgcexp.so", // other garbage collectors than the one in libcoreclr.so
    ];

    /// <summary>The host and the base framework; every .NET image shares this layer.</summary>
    public static FilesLayer Base() => new(
    [
        LayerEntry.CopyOf(Path.Combine(InstallFolder, "dotnet"), $"{Root}/dotnet", executable: true),
        .. Folder($"host/fxr/{Version}"),
        .. Folder($"shared/{BaseFramework}/{Version}"),
    ]);

    /// <summary>A framework on top of the base, such as <c>Microsoft.AspNetCore.App</c>.</summary>
    public static FilesLayer Framework(string name) => new(Folder($"shared/{name}/{Version}"));

    private static string RuntimeFolder => Path.TrimEndingDirectorySeparator(RuntimeEnvironment.GetRuntimeDirectory());

    private static string Version => Path.GetFileName(RuntimeFolder);

    // <install>/shared/Microsoft.NETCore.App/<version>
    private static string InstallFolder => Path.GetFullPath(Path.Combine(RuntimeFolder, "..", "..", ".."));

    private static IReadOnlyList<LayerEntry> Folder(string path)
    {
        var folder = new DirectoryInfo(Path.Combine(InstallFolder, path));
        return [.. folder.GetFiles().Where(f => !Debugging.Contains(f.Name) && f.Extension is not (".pdb" or ".xml"))
            .OrderBy(f => f.Name, StringComparer.Ordinal)
            .Select(f => LayerEntry.CopyOf(f.FullName, $"{Root}/{path}/{f.Name}", executable: f.Extension == ".so"))];
    }
}
