using System.Diagnostics;
using Spectre.Console;

namespace Tandem.Cli.Output;

/// <summary>Tells a person what long work is doing: on standard error, so that standard output stays for the answer.</summary>
internal sealed class Progress
{
    private readonly IAnsiConsole _console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
    private readonly Stopwatch _watch = Stopwatch.StartNew();

    public Progress()
    {
        // A log is not a screen: its lines are as long as they are.
        if (!_console.Profile.Out.IsTerminal)
            _console.Profile.Width = int.MaxValue;
    }

    /// <summary>One line, with the time since the beginning.</summary>
    public void Say(string text) => _console.MarkupLineInterpolated($"[grey]{_watch.Elapsed.TotalSeconds,6:0.0}s[/] {text}");

    /// <summary>Something went well.</summary>
    public void Done(string text) => _console.MarkupLineInterpolated($"[grey]{_watch.Elapsed.TotalSeconds,6:0.0}s[/] [green]{text}[/]");
}
