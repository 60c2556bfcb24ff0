using Tandem.Kubernetes.Api.Streams;
using Tandem.Kubernetes.Node.Streams;

namespace Tandem.Kubernetes.Tests.Streams.Real;

/// <summary>The same in a network namespace of its own: pods have a network on CNI's bridge there.</summary>
public sealed class NetworkedStreamsFixture() : StreamsFixture(ownNetwork: true)
{
    private protected override IPodStreams Streams(PodStreams streams) => new RelayedStreams(streams, new Network.Real.NetworkNamespace(NetworkNamespace));
}
