using Tandem.Kubernetes.Tests.Node.Real;

namespace Tandem.Kubernetes.Tests.Streams.Real;

/// <summary>A real containerd without an agent.</summary>
/// <param name="ownNetwork">Whether it has a network of its own; else it is in the tests', where its streaming server can be reached.</param>
internal sealed class BareContainerd(bool ownNetwork) : ContainerdFixture
{
    private protected override bool OwnNetwork => ownNetwork;

    public override void StartAgent()
    {
        // The streams' fixture runs a whole one, on the real API.
    }
}
