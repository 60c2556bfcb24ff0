using Tandem.Host;
using Tandem.Host.Networking;
using Tandem.Platform.Drills;

namespace Tandem.Cli.Embedded;

/// <summary>Faults of embedded clusters: their links.</summary>
internal sealed class LinkFaults(HostPlan plan) : IClusterFaults
{
    private readonly PlatformNetwork _network = new(plan);

    public Task LoseAsync(string cluster, CancellationToken cancellationToken) => _network.SetLinkAsync(cluster, up: false, cancellationToken);

    public Task HealAsync(string cluster, CancellationToken cancellationToken) => _network.SetLinkAsync(cluster, up: true, cancellationToken);
}
