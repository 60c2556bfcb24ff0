using System.Globalization;

namespace Tandem.Ingress.Nginx;

/// <summary>
/// Workers outlive a master that was killed: they hold its ports and serve its old configuration. They are known by their
/// name and by the folder that they were started in, which nobody else uses.
/// </summary>
internal static class Leftovers
{
    /// <summary>Ends all nginx processes of this folder and waits until they are gone.</summary>
    public static async Task EndAsync(string folder, TimeProvider time, CancellationToken cancellationToken)
    {
        while (Find(folder) is { Count: > 0 } pids)
        {
            foreach (var pid in pids)
                Signals.Send(pid, Signals.Kill);
            await Task.Delay(TimeSpan.FromMilliseconds(5), time, cancellationToken);
        }
    }

    internal static IReadOnlyList<int> Find(string folder) =>
        [.. Directory.EnumerateDirectories("/proc").Select(Path.GetFileName)
            .Where(name => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            .Where(pid => IsNginxIn(folder, pid!)).Select(pid => int.Parse(pid!, CultureInfo.InvariantCulture))];

    private static bool IsNginxIn(string folder, string pid)
    {
        try
        {
            // A process that has ended but is not reaped yet has no folder any more.
            return File.ReadAllText($"/proc/{pid}/comm").Trim() == "nginx" && new FileInfo($"/proc/{pid}/cwd").LinkTarget == folder;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // gone, or somebody else's
        }
    }
}
