namespace Tandem.Host;

/// <summary>What is mounted on this machine.</summary>
internal static class Mounts
{
    /// <summary>The mount points below a folder, the innermost first.</summary>
    public static IReadOnlyList<string> Below(string folder) =>
        [.. File.ReadAllLines("/proc/self/mounts")
            .Select(l => l.Split(' ')[1].Replace("\\040", " ", StringComparison.Ordinal))
            .Where(t => t.StartsWith(folder + "/", StringComparison.Ordinal))
            .OrderByDescending(t => t.Length)];
}
