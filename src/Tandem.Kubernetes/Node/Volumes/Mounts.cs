namespace Tandem.Kubernetes.Node.Volumes;

/// <summary>What is mounted on this machine.</summary>
public static class Mounts
{
    /// <summary>Mount points below a folder, deepest first.</summary>
    public static IReadOnlyList<string> Below(string folder) =>
        [.. File.ReadLines("/proc/self/mountinfo")
            .Select(line => line.Split(' ')[4].Replace("\\040", " ", StringComparison.Ordinal))
            .Where(point => point.StartsWith(folder + "/", StringComparison.Ordinal))
            .OrderByDescending(point => point.Length)];
}
