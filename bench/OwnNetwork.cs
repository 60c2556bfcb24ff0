using Tandem.Processes;

namespace Tandem.Bench;

/// <summary>Benchmarks with a cluster's process, in a network namespace of their own: it writes the rules of the one it runs in.</summary>
internal static class OwnNetwork
{
    /// <summary>Runs a command of this program there, with the loopback up.</summary>
    /// <returns>Its exit code.</returns>
    public static async Task<int> RunAsync(CancellationToken stop, params string[] command)
    {
        using var inside = ProcessRunner.StartInherited(new Command(
            "unshare", ["--net", "sh", "-c", "ip link set lo up && exec dotnet \"$@\"", "sh", typeof(OwnNetwork).Assembly.Location, .. command]));
        await inside.WaitForExitAsync(stop);
        return inside.ExitCode;
    }
}
