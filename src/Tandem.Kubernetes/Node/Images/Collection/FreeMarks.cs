using Tandem.Kubernetes.Node.Stats;

namespace Tandem.Kubernetes.Node.Images.Collection;

/// <summary>How much of the disk has to be free. Pure.</summary>
internal static class FreeMarks
{
    /// <summary>Bytes that have to be free before images cease to be removed; 0 where enough is free for none to go.</summary>
    public static long Wanted(ImageCollectionOptions options, FileSystemStats disk) =>
        disk.Available < Mark(options.BeginBelow, options.BeginAtMost, disk) ? Mark(options.EndAbove, options.EndAtMost, disk) : 0;

    private static long Mark(double part, long atMost, FileSystemStats disk) => Math.Min(atMost, (long)(part * disk.Capacity));
}
