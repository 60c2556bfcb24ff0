using Tandem.Kubernetes.Node.Stats;

namespace Tandem.Kubernetes.Node.Eviction;

/// <summary>A threshold that is met. Pure.</summary>
/// <param name="Resource">memory, ephemeral-storage or inodes.</param>
/// <param name="Condition">The node's condition.</param>
/// <param name="Threshold">What should be left.</param>
/// <param name="Available">What is left.</param>
internal sealed record Shortage(string Resource, string Condition, long Threshold, long Available)
{
    public const string MemoryPressure = "MemoryPressure";
    public const string DiskPressure = "DiskPressure";

    /// <summary>What the node is short of, memory first.</summary>
    public static IReadOnlyList<Shortage> Of(NodeStats node, EvictionThresholds thresholds)
    {
        var disk = node.FileSystem;
        Shortage[] all =
        [
            new("memory", MemoryPressure, thresholds.MemoryAvailable, node.MemoryAvailable),
            new("ephemeral-storage", DiskPressure, Math.Min(thresholds.DiskAtMost, (long)(thresholds.DiskAvailable * disk.Capacity)), disk.Available),
            new("ephemeral-storage", DiskPressure, Math.Min(thresholds.DiskAtMost, (long)(thresholds.ImagesAvailable * disk.Capacity)), disk.Available),
            new("inodes", DiskPressure, (long)(thresholds.InodesFree * disk.Inodes), disk.InodesFree),
        ];
        return [.. all.Where(s => s.Available < s.Threshold)];
    }
}
