using System.Diagnostics;

namespace Tandem.Processes;

/// <summary>
/// The one place where Tandem starts other programs. Arguments are passed as a vector, never through a shell,
/// and secrets are never among them: they go through standard input or files.
/// </summary>
public static class ProcessRunner
{
    /// <summary>Runs a program to its end and returns what it printed.</summary>
    /// <param name="command">What to run.</param>
    /// <param name="cancellationToken">Ends the program (and what it started) when cancelled.</param>
    /// <exception cref="ProgramNotFoundException">The program does not exist or may not be executed.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the program was killed.</exception>
    public static async Task<ProcessResult> RunAsync(Command command, CancellationToken cancellationToken = default)
    {
        using var process = Start(command, redirect: true);
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var error = process.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            await WriteInputAsync(process, command.Input, cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            Kill(process);
            throw;
        }

        return new ProcessResult(command, process.ExitCode, await output, await error);
    }

    /// <summary>Runs a program to its end and throws when it did not exit with 0.</summary>
    /// <exception cref="ProcessFailedException">The program exited with another code than 0.</exception>
    /// <inheritdoc cref="RunAsync"/>
    public static async Task<ProcessResult> RunCheckedAsync(Command command, CancellationToken cancellationToken = default)
    {
        var result = await RunAsync(command, cancellationToken);
        return result.ExitCode == 0 ? result : throw new ProcessFailedException(result);
    }

    /// <summary>Starts a program that is to keep running; its standard streams are this process's own.</summary>
    /// <returns>The process; the caller disposes of it.</returns>
    /// <exception cref="ProgramNotFoundException">The program does not exist or may not be executed.</exception>
    public static Process StartInherited(Command command) => Start(command, redirect: false);

    /// <summary>Starts a program whose standard streams the caller reads and writes.</summary>
    /// <returns>The process; the caller disposes of it and must drain its output.</returns>
    /// <exception cref="ProgramNotFoundException">The program does not exist or may not be executed.</exception>
    public static Process StartPiped(Command command) => Start(command, redirect: true);

    private static Process Start(Command command, bool redirect)
    {
        var info = new ProcessStartInfo(command.Program)
        {
            UseShellExecute = false,
            RedirectStandardInput = redirect,
            RedirectStandardOutput = redirect,
            RedirectStandardError = redirect,
            WorkingDirectory = command.WorkingDirectory ?? "",
        };
        foreach (var argument in command.Arguments)
            info.ArgumentList.Add(argument);
        foreach (var (name, value) in command.Environment)
            info.Environment[name] = value;

        try
        {
#pragma warning disable RS0030 // the one process runner
            return Process.Start(info)!;
#pragma warning restore RS0030
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new ProgramNotFoundException(command.Program, e);
        }
    }

    private static async Task WriteInputAsync(Process process, string? input, CancellationToken cancellationToken)
    {
        try
        {
            if (input is not null)
                await process.StandardInput.WriteAsync(input.AsMemory(), cancellationToken);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The program closed its input before reading all of it: its exit code says whether that was wrong.
        }
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // Ended by itself in the meantime.
        }
    }
}
