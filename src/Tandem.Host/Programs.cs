using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Tandem.Processes;

namespace Tandem.Host;

/// <summary>
/// Tandem's own programs, staged into the state folder: what runs must not change when somebody builds again.
/// </summary>
public static class Programs
{
    /// <summary>The program's main assembly.</summary>
    private const string Main = "tandem.dll";

    /// <summary>A command of the staged program.</summary>
    public static Command Tandem(string folder, params string[] arguments) =>
        new(DotNet(), [Path.Combine(folder, Main), .. arguments])
        {
            Environment = new Dictionary<string, string?>
            {
                // Two clusters on one machine: give memory back rather than keep it for a burst.
                ["DOTNET_GCConserveMemory"] = "5",

                // Hexadecimal, 6 MiB: otherwise the youngest generation may grow to the size of the processor's cache.
                ["DOTNET_GCGen0MaxBudget"] = "600000",
                ["DOTNET_EnableDiagnostics"] = "0",
            },
        };

    /// <summary>Copies the running program, unless it is there.</summary>
    /// <returns>The folder.</returns>
    public static string Stage(StateFolder state)
    {
        var source = AppContext.BaseDirectory;
        var files = Directory.GetFiles(source).Where(IsProgram).Order(StringComparer.Ordinal).ToList();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in files)
        {
            hash.AppendData(System.Text.Encoding.UTF8.GetBytes(Path.GetFileName(file)));
            hash.AppendData(File.ReadAllBytes(file));
        }

        var folder = state.Programs(Convert.ToHexString(hash.GetHashAndReset())[..16].ToLowerInvariant());
        if (Directory.Exists(folder))
            return folder;
        var temporary = folder + ".new";
        if (Directory.Exists(temporary))
            Directory.Delete(temporary, recursive: true);
        Directory.CreateDirectory(temporary);
        foreach (var file in files)
            File.Copy(file, Path.Combine(temporary, Path.GetFileName(file)));
        Directory.Move(temporary, folder);
        return folder;
    }

    /// <summary>The <c>dotnet</c> that runs this process: three folders above its framework.</summary>
    private static string DotNet() =>
        Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));

    private static bool IsProgram(string path) =>
        Path.GetExtension(path) is ".dll" or ".json" && !Path.GetFileName(path).StartsWith("xunit", StringComparison.Ordinal);
}
