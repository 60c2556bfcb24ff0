using Tandem.Kubernetes.Node;
using Tandem.Kubernetes.Node.Eviction;
using Tandem.Kubernetes.Node.Images.Collection;

namespace Tandem.Kubernetes.Tests.Node.Real;

/// <summary>A node whose disk is full in any case.</summary>
public sealed class FullDiskTests(FullDiskTests.FullNode node) : IClassFixture<FullDiskTests.FullNode>
{
    [Fact]
    public async Task DiskPressure_ImageThatNothingCanName_GoesAndTheImportedStays()
    {
        var archive = Path.Combine(node.Folder, "old.tar");
        BusyboxImage.Write(archive, "tandem.local/old:test");
        await node.CtrAsync("images", "import", archive);
        await Eventually.TrueAsync(async () => (await node.ImagesAsync()).Contains("tandem.local/old:test"), "the image is there");
        await node.CtrAsync("images", "rm", "tandem.local/old:test");

        await Eventually.TrueAsync(async () => (await node.ImagesAsync()) is [BusyboxImage.Name], "only the image that has a name is left");
        Assert.Contains("EvictionThresholdMet: Attempting to reclaim ephemeral-storage", node.NodeEvents);
        Assert.Equal([Shortage.DiskPressure], node.Pressure.Conditions);
    }

    public sealed class FullNode : ContainerdFixture
    {
        private protected override NodeOptions Adjusted(NodeOptions options) => options with
        {
            Eviction = new EvictionThresholds { DiskAvailable = 2, DiskAtMost = long.MaxValue },
            HousekeepingPeriod = TimeSpan.FromMilliseconds(300),
            // By the eviction alone.
            ImageCollection = new ImageCollectionOptions { BeginBelow = 0, MinimumAge = TimeSpan.Zero },
        };
    }
}
