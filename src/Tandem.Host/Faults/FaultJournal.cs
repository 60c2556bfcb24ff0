using System.Text.Json;
using Tandem.Host.Supervision;

namespace Tandem.Host.Faults;

/// <summary>
/// What a drill has broken and not healed yet, and who it is: written before anything is broken, so that a drill that is
/// killed leaves behind what has to be healed.
/// </summary>
/// <param name="Owner">The drill's process.</param>
/// <param name="Faults">In the order in which they were injected.</param>
public sealed record FaultJournal(ProcessIdentity Owner, IReadOnlyList<MachineFault> Faults)
{
    /// <summary>The journal of a platform; null where nothing is broken.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="JsonException">It is not a journal.</exception>
    public static FaultJournal? Read(StateFolder state) =>
        File.Exists(state.FaultJournal) ? JsonSerializer.Deserialize<FaultJournal>(File.ReadAllBytes(state.FaultJournal)) : null;

    /// <summary>Writes it, whole or not at all; without faults there is no file.</summary>
    public void Write(StateFolder state)
    {
        if (Faults.Count == 0)
        {
            File.Delete(state.FaultJournal);
            return;
        }

        // The folder is not synchronised: a reboot heals everything that can be in here. The supervisor and a drill may both be healing.
        var temporary = $"{state.FaultJournal}.{Environment.ProcessId}";
        using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write))
        {
            JsonSerializer.Serialize(file, this);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, state.FaultJournal, overwrite: true);
    }
}
