namespace Tandem.Platform.Failover.Lint;

/// <summary>What is paid for. The API does not tell it.</summary>
public enum CloudflarePlan
{
    /// <summary>Free, with load balancing added.</summary>
    Free,

    /// <summary>Pro.</summary>
    Pro,

    /// <summary>Business.</summary>
    Business,

    /// <summary>Enterprise.</summary>
    Enterprise,
}

/// <summary>What a plan allows.</summary>
public static class CloudflarePlans
{
    /// <summary>
    /// The shortest interval of a monitor, in seconds.
    /// <see href="https://developers.cloudflare.com/load-balancing/reference/limitations/">Cloudflare: limitations</see>.
    /// </summary>
    public static int ShortestInterval(CloudflarePlan plan) => plan switch
    {
        CloudflarePlan.Enterprise => 10,
        CloudflarePlan.Business => 15,
        _ => 60,
    };
}
