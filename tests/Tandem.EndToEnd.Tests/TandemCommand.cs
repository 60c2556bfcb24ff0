using System.Reflection;
using Tandem.Processes;

namespace Tandem.EndToEnd.Tests;

/// <summary>The command line, run as a user runs it.</summary>
internal static class TandemCommand
{
    /// <summary>The repository's root: where Tandem.slnx is.</summary>
    public static string Root { get; } = FindRoot();

    private static readonly string Program = Path.Combine(
        Root, "src", "Tandem.Cli", "bin", typeof(TandemCommand).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration, "net10.0", "tandem.dll");

    public static Command Create(params string[] arguments) => new("dotnet", [Program, .. arguments]);

    public static Task<ProcessResult> RunAsync(params string[] arguments) => ProcessRunner.RunAsync(Create(arguments));

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Tandem.slnx")))
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("the tests do not run from the repository");
        return folder;
    }
}
