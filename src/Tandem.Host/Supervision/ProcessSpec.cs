using System.Security.Cryptography;
using System.Text;
using Tandem.Processes;

namespace Tandem.Host.Supervision;

/// <summary>A process that is to be running.</summary>
/// <param name="Name">Unique in the platform; also the name of its log.</param>
/// <param name="Command">What to run.</param>
/// <param name="NetworkNamespace">The path of the namespace to run in; null for the host's.</param>
public sealed record ProcessSpec(string Name, Command Command, string? NetworkNamespace)
{
    /// <summary>Run before each start: waits for what it needs and prepares it.</summary>
    public Func<CancellationToken, Task> Prepare { get; init; } = _ => Task.CompletedTask;

    /// <summary>Changes when the command does, so that a changed one is restarted and an unchanged one left alone.</summary>
    public string Hash => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{NetworkNamespace}\n{Command.WorkingDirectory}\n{string.Join(' ', Command.Environment.Select(e => $"{e.Key}={e.Value}"))}\n{Command}")))[..16];

    /// <summary>
    /// The command as it is started: in a session of its own, so that Ctrl-C in the terminal does not reach it, with its
    /// output appended to the log, in its namespace. Each step replaces itself by the next, so the process id stays.
    /// </summary>
    public Command Wrapped(string logFile)
    {
        string[] enter = NetworkNamespace is null ? [] : ["nsenter", $"--net={NetworkNamespace}", "--"];
        return Command with
        {
            Program = "setsid",
            Arguments = ["sh", "-c", "exec \"$@\" >>\"$0\" 2>&1 </dev/null", logFile, .. enter, Command.Program, .. Command.Arguments],
        };
    }
}
