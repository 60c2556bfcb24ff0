using Tandem.Kubernetes.Tests.Node.Real;

namespace Tandem.Kubernetes.Tests.Streams.Real;

/// <summary>A real containerd in the tests' network, where its streaming server can be reached; without an agent.</summary>
public sealed class HostContainerd : ContainerdFixture
{
    private protected override bool OwnNetwork => false;

    public override void StartAgent()
    {
        // The streams' fixture runs a whole one, on the real API.
    }
}
