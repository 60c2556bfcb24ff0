namespace Tandem.Platform.Spec;

/// <summary>What a platform file says, checked and with its defaults filled in.</summary>
/// <param name="Name">metadata.name: a DNS label of at most 20 characters.</param>
/// <param name="Hostname">The one name behind which the service lives.</param>
/// <param name="Hot">The cluster that serves.</param>
/// <param name="Standby">The cluster that takes over.</param>
/// <param name="LoadBalancer">What moves the traffic.</param>
/// <param name="Apps">Folders or files with manifests, absolute.</param>
/// <param name="Images">Images to use in place of those that manifests name: the name in a manifest, and the recipe to build: a name, or the absolute path of its file.</param>
/// <param name="Network">The embedded clusters' network.</param>
public sealed record PlatformSpec(
    string Name,
    string Hostname,
    ClusterSpec Hot,
    ClusterSpec Standby,
    LoadBalancerSpec LoadBalancer,
    IReadOnlyList<string> Apps,
    IReadOnlyDictionary<string, string> Images,
    NetworkSpec Network)
{
    /// <summary>What stands against changes.</summary>
    public SafetySpec Safety { get; init; } = SafetySpec.None;

    /// <summary>Both clusters, the hot one first.</summary>
    public IReadOnlyList<ClusterSpec> Clusters => [Hot, Standby];

    /// <summary>Whether a standby that is not ready to take over is left out of the load balancer's pools, but as their fallback.</summary>
    public bool EnforceReadiness { get; init; }

    /// <summary>Where the agent tells what it knows, on 127.0.0.1.</summary>
    public int AgentPort { get; init; }
}

/// <summary>One cluster.</summary>
/// <param name="Name">hot or standby.</param>
/// <param name="Kubeconfig">The absolute path of its kubeconfig; null for an embedded cluster.</param>
/// <param name="Context">The context in it; null for the current one.</param>
public sealed record ClusterSpec(string Name, string? Kubeconfig, string? Context)
{
    /// <summary>Whether Tandem runs the cluster itself.</summary>
    public bool IsEmbedded => Kubeconfig is null;
}

/// <summary>The load balancer.</summary>
/// <param name="Cloudflare">Cloudflare's; null for the embedded one.</param>
/// <param name="HealthCheck">How the clusters are watched.</param>
/// <param name="Ttl">How long resolvers may keep an answer, 1 s to 1 day.</param>
/// <param name="Failback">When traffic returns to the hot cluster.</param>
/// <param name="DnsPort">Where the embedded one answers DNS, on the host's address in the platform's network.</param>
/// <param name="ApiPort">The embedded one's API, on 127.0.0.1.</param>
public sealed record LoadBalancerSpec(CloudflareSpec? Cloudflare, HealthCheckSpec HealthCheck, TimeSpan Ttl, FailbackSpec Failback, int DnsPort, int ApiPort)
{
    /// <summary>How many servers the embedded one has, 1 to 4, each with an address and an API port of its own.</summary>
    public int NameServers { get; init; } = 1;

    /// <summary>Who the embedded one tells of its decisions.</summary>
    public IReadOnlyList<NotificationSpec> Notifications { get; init; } = [];

    /// <summary>Whether requests go through the load balancer, and DNS answers with its address.</summary>
    public bool Proxied { get; init; }

    /// <summary>Whether a client stays with its cluster: none or cookie; only when proxied.</summary>
    public string SessionAffinity { get; init; } = "none";
}

/// <summary>Who is told of decisions.</summary>
/// <param name="Url">Where to POST, http or https.</param>
/// <param name="SecretEnvironment">The environment variable with the key of the signature; null where there is none.</param>
/// <param name="SecretFile">The file with it; null where there is none.</param>
public sealed record NotificationSpec(Uri Url, string? SecretEnvironment, string? SecretFile);

/// <summary>A Cloudflare account.</summary>
/// <param name="AccountId">The account.</param>
/// <param name="ZoneId">The zone of the hostname.</param>
/// <param name="TokenEnvironment">The environment variable with the API token; null where it is in a file.</param>
/// <param name="TokenFile">The file with the API token.</param>
/// <param name="BaseUrl">Another server of the same API; null for Cloudflare's own.</param>
public sealed record CloudflareSpec(string AccountId, string ZoneId, string? TokenEnvironment, string? TokenFile, Uri? BaseUrl);

/// <summary>The health check of a cluster.</summary>
/// <param name="Path">The path that must answer 200.</param>
/// <param name="Interval">From one check to the next.</param>
/// <param name="Timeout">How long a check may take.</param>
/// <param name="FailureThreshold">Failed checks in a row that take a cluster out.</param>
/// <param name="SuccessThreshold">Passed checks in a row that bring it back.</param>
public sealed record HealthCheckSpec(string Path, TimeSpan Interval, TimeSpan Timeout, int FailureThreshold, int SuccessThreshold);

/// <summary>When traffic returns to the hot cluster once it is healthy again.</summary>
/// <param name="Automatic">At once.</param>
/// <param name="After">After it was healthy for this long; null for at once, or only by hand.</param>
public sealed record FailbackSpec(bool Automatic, TimeSpan? After);

/// <summary>The network of embedded clusters on this machine.</summary>
/// <param name="Bridge">The bridge's name, at most 7 characters.</param>
/// <param name="Range">Its addresses: the host has .1, the hot cluster .11, the standby .12.</param>
public sealed record NetworkSpec(string Bridge, System.Net.IPNetwork Range)
{
    /// <summary>The n-th address of the range.</summary>
    public string Address(byte n)
    {
        var bytes = Range.BaseAddress.GetAddressBytes();
        bytes[3] = (byte)(bytes[3] + n);
        return new System.Net.IPAddress(bytes).ToString();
    }

    /// <summary>The host's address on the bridge.</summary>
    public string Host => Address(1);
}
