using Tandem.Processes;

namespace Tandem.Cli.Tests;

/// <summary>The command line as a user runs it: a process.</summary>
internal static class TandemProcess
{
    public static Command Create(params string[] arguments) => new("dotnet", [Path.Combine(AppContext.BaseDirectory, "tandem.dll"), .. arguments]);

    public static Task<ProcessResult> RunAsync(params string[] arguments) => ProcessRunner.RunAsync(Create(arguments));
}
