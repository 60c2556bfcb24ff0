using Tandem.Host.Supervision;
using Tandem.Processes;

namespace Tandem.Host;

/// <summary>
/// Keeps <c>tandem host</c> itself running: a shell that does nothing else, so that a killed supervisor is back within a
/// second although no service manager watches it.
/// </summary>
public static class HostKeeper
{
    /// <summary>The name of the keeper's record.</summary>
    public const string Name = "host";

    /// <summary>Ends the host with itself when it is told to.</summary>
    private const string Script = """
        trap 'kill -TERM "$host" 2>/dev/null; wait "$host"; exit 0' TERM
        while :; do
          "$@" & host=$!
          wait "$host"
          sleep 1
        done
        """;

    /// <summary>Starts the host unless it runs with this very plan; a host with another one is replaced, its processes are taken over.</summary>
    /// <returns>Whether anything was started.</returns>
    public static async Task<bool> EnsureAsync(HostPlan plan, StateFolder state, string stateRoot, TimeProvider time, CancellationToken cancellationToken)
    {
        var text = plan.ToJson();
        var record = ProcessRecord.Find(state.Processes, Name);
        if (record?.Process.IsRunning == true)
        {
            if (File.Exists(state.Plan) && await File.ReadAllTextAsync(state.Plan, cancellationToken) == text)
                return false;
            await ProcessEnd.StopAsync(record.Process, TimeSpan.FromSeconds(10), time, cancellationToken);
        }

        WholeFile.Write(state.Plan, text);
        var host = Programs.Tandem(plan.Programs, "host", "--plan", state.Plan, "--state", stateRoot);
        var spec = new ProcessSpec(Name, host with { Program = "sh", Arguments = ["-c", Script, "tandem-host", host.Program, .. host.Arguments] }, null);
        using var keeper = ProcessRunner.StartInherited(spec.Wrapped(Path.Combine(state.Logs, "host.log")));
        var identity = ProcessIdentity.Of(keeper.Id) ?? throw new InvalidOperationException($"tandem host ended at once; see {state.Logs}/host.log");
        new ProcessRecord(Name, identity, spec.Hash, time.GetUtcNow(), 0).Write(state.Processes);
        return true;
    }
}
