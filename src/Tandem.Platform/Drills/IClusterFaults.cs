namespace Tandem.Platform.Drills;

/// <summary>Breaks a cluster and mends it. Only embedded clusters can be broken like this.</summary>
public interface IClusterFaults
{
    /// <summary>Takes the cluster's link down, as if its region were lost.</summary>
    Task LoseAsync(string cluster, CancellationToken cancellationToken);

    /// <summary>Brings the link back.</summary>
    Task HealAsync(string cluster, CancellationToken cancellationToken);
}

/// <summary>What a load balancer tells of its probes beyond Cloudflare's API.</summary>
public interface IProbeLog
{
    /// <summary>When a cluster's probe first failed, and when it was marked down, after a time; null for not yet.</summary>
    Task<(DateTimeOffset? FirstFailedProbe, DateTimeOffset? MarkedDown)> ReadAsync(string cluster, DateTimeOffset after, CancellationToken cancellationToken);
}
