using Tandem.Kubernetes.Node.Images.Collection;
using Tandem.Kubernetes.Node.Stats;

namespace Tandem.Kubernetes.Tests.Node.Images.Collection;

public sealed class FreeMarksTests
{
    private const long Gi = 1 << 30;

    [Theory]
    [InlineData(40, 6, 0)] // 15 % are free
    [InlineData(40, 5, 8)] // until 20 % are
    [InlineData(1000, 10, 0)] // 10 GiB are enough of any disk
    [InlineData(1000, 9, 15)]
    public void Wanted_OfADisk_IsByTheLowerOfPartAndBytes(long capacity, long free, long wanted) =>
        Assert.Equal(wanted * Gi, FreeMarks.Wanted(new ImageCollectionOptions(), new FileSystemStats(capacity * Gi, free * Gi, 1, 1)));
}
