using System.Globalization;
using System.Text.Json.Nodes;
using Tandem.Platform.Drills;
using Tandem.Platform.Failover;
using Tandem.Platform.Spec;

namespace Tandem.Cli.Embedded;

/// <summary>The events of the embedded load balancer.</summary>
internal sealed class EmbeddedProbeLog(LoadBalancerAccess access, PlatformSpec spec) : IProbeLog
{
    public async Task<(DateTimeOffset? FirstFailedProbe, DateTimeOffset? MarkedDown)> ReadAsync(string cluster, DateTimeOffset after, CancellationToken cancellationToken)
    {
        var answer = await access.TandemAsync("events?since=0", cancellationToken);
        var events = (answer["events"] as JsonArray ?? []).OfType<JsonObject>()
            .Where(e => (string?)e["pool"] == LoadBalancerSetup.PoolName(spec, cluster))
            .Select(e => (Type: (string?)e["type"], At: DateTimeOffset.Parse((string)e["at"]!, CultureInfo.InvariantCulture)))
            .Where(e => e.At > after)
            .ToList();
        return (First("probe-failed"), First("pool-down"));

        DateTimeOffset? First(string type) => events.Where(e => e.Type == type).Select(e => (DateTimeOffset?)e.At).Min();
    }
}
