using System.Net;
using Tandem.LoadBalancer.Steering;

namespace Tandem.LoadBalancer.Tests.Proxy;

/// <summary>Pools and origins as the proxy sees them, all well unless said otherwise.</summary>
internal static class Samples
{
    public static PoolView Pool(string id, params OriginView[] origins) => new()
    {
        Id = id,
        Name = id,
        Enabled = true,
        Monitored = true,
        Forced = null,
        Observed = true,
        Published = true,
        Suspect = false,
        Healthy = [],
        All = [],
        Origins = origins,
    };

    public static OriginView Origin(string pool, string name, double weight = 1, bool healthy = true) => new()
    {
        PoolId = pool,
        Pool = pool,
        Name = name,
        Address = "192.0.2.1",
        Addresses = [IPAddress.Parse("192.0.2.1")],
        Port = 80,
        Tls = false,
        Host = null,
        Weight = weight,
        Health = new OriginVerdict(healthy, healthy, false),
    };
}
