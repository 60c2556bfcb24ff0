using k8s.Models;
using Tandem.Kubernetes.Scheduling;

namespace Tandem.Kubernetes.Tests.Scheduling;

public sealed class PlacementTests
{
    [Fact]
    public void SameFor_NodesWithoutLabelsAndSpecification_ComparesThem()
    {
        var bare = new V1Node { Metadata = new V1ObjectMeta { Name = "n" } };
        var tainted = new V1Node { Metadata = new V1ObjectMeta { Name = "n" }, Spec = new V1NodeSpec { Unschedulable = true } };
        Assert.True(Placement.SameFor(bare, bare));
        Assert.False(Placement.SameFor(bare, tainted));
    }

    [Theory]
    [InlineData("NoSchedule", true)]
    [InlineData("NoExecute", false)]
    public void MayStay_UntoleratedTaint_OnlyWhereItIsForThoseThatCome(string effect, bool stays)
    {
        var pod = new V1Pod { Metadata = new V1ObjectMeta(), Spec = new V1PodSpec { Containers = [] } };
        var node = new V1Node { Metadata = new V1ObjectMeta(), Spec = new V1NodeSpec { Taints = [new V1Taint { Key = "k", Effect = effect }] } };
        Assert.False(Placement.Fits(pod, node));
        Assert.Equal(stays, Placement.MayStay(pod, node));
    }
}
