using Tandem.Cloudflare.Model;
using Tandem.Dns;

namespace Tandem.LoadBalancer.State;

/// <summary>
/// What every stored object must have, so that a file or another server cannot bring in one that nobody can work with. The API
/// has checked the rest when the object was written.
/// </summary>
internal static class StoredObjects
{
    /// <summary>The longest identifier and writer, in characters; they have 32 and 16.</summary>
    private const int MaxName = 64;

    /// <summary>The type of the objects of a kind.</summary>
    public static Type TypeOf(ObjectKind kind) => kind switch
    {
        ObjectKind.Monitor => typeof(CloudflareMonitor),
        ObjectKind.MonitorGroup => typeof(CloudflareMonitorGroup),
        ObjectKind.Pool => typeof(CloudflarePool),
        ObjectKind.LoadBalancer => typeof(CloudflareLoadBalancer),
        ObjectKind.Forced => typeof(bool),
        _ => throw new ArgumentException($"{kind} is no kind of object."),
    };

    /// <exception cref="ArgumentException">The object lacks something; the message says which.</exception>
    public static void Check(ObjectKey key, Register register)
    {
        // A counter near the end of the numbers would leave no room for the next write.
        var sound = key.Id is { Length: > 0 and <= MaxName } && register.Stamp is { Counter: >= 0 and < long.MaxValue / 2, Writer.Length: <= MaxName }
            && (register.Value is not ICloudflareObject value || value.Id == key.Id) && IsWhole(register.Value);
        if (!sound)
            throw new ArgumentException($"{key.Kind} {key.Id} is not whole.");
    }

    private static bool IsWhole(object value) => value switch
    {
        CloudflareMonitor monitor => monitor is { Interval: > 0, Timeout: > 0, Retries: >= 0, ConsecutiveDown: not null, ConsecutiveUp: not null },
        CloudflareMonitorGroup group => group.Members?.All(member => member?.MonitorId is not null) == true,
        CloudflarePool pool => pool is { Name: not null, MinimumOrigins: not null, Origins: not null }
            && pool.Origins.All(origin => origin is { Name: not null, Address: not null })
            && pool.Origins.DistinctBy(origin => origin.Name).Count() == pool.Origins.Count,
        CloudflareLoadBalancer balancer => DnsName.TryParse(balancer.Name, out _) && balancer is { Ttl: > 0, FallbackPool: not null, DefaultPools.Count: > 0 }
            && balancer.DefaultPools.All(id => id is not null),
        _ => value is bool,
    };
}
