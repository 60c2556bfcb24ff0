using System.Globalization;

namespace Tandem.Host.Supervision;

/// <summary>A process that cannot be mistaken for a later one with the same number: its number and its start.</summary>
/// <param name="Pid">The process id.</param>
/// <param name="StartTicks">Clock ticks after boot at which it started (proc(5), field 22).</param>
public sealed record ProcessIdentity(int Pid, long StartTicks)
{
    private const int StateField = 0;
    private const int StartField = 19;

    /// <summary>The identity of a running process; null where there is none, or it has ended and waits to be reaped.</summary>
    public static ProcessIdentity? Of(int pid)
    {
        try
        {
            // The name, in parentheses, may contain anything: the fields begin after the last one.
            var text = File.ReadAllText($"/proc/{pid}/stat");
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return fields[StateField] is "Z" or "X" ? null : new ProcessIdentity(pid, long.Parse(fields[StartField], CultureInfo.InvariantCulture));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Whether this very process still runs.</summary>
    public bool IsRunning => Of(Pid) == this;

    /// <summary>Sends a signal, unless it has ended.</summary>
    public void Signal(int signal)
    {
        if (IsRunning)
            _ = NativeMethods.Kill(Pid, signal);
    }
}
