using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tandem.Host;

/// <summary>
/// Everything that <c>tandem host</c> runs for one platform, written down by <c>tandem up</c> as host.json. The processes
/// read it too, so that a restarted one is what it was.
/// </summary>
/// <param name="Platform">The platform's name: a DNS label.</param>
/// <param name="Programs">The folder with the staged programs.</param>
/// <param name="Bridge">The bridge between clients, load balancer and clusters; at most 7 characters.</param>
/// <param name="Gateway">The host's address on the bridge, with its prefix length.</param>
/// <param name="Clusters">The embedded clusters.</param>
/// <param name="LoadBalancer">The embedded load balancer; null where Cloudflare is used.</param>
/// <param name="ImageArchive">The file with the images that were built here; each cluster imports it before it starts.</param>
/// <param name="Images">The images in it.</param>
/// <param name="PauseImage">Which of them holds a pod's namespaces.</param>
/// <param name="Agent">What <c>tandem agent</c> goes by; null in plans of versions that ran none.</param>
public sealed record HostPlan(
    string Platform,
    string Programs,
    string Bridge,
    string Gateway,
    IReadOnlyList<ClusterPlan> Clusters,
    LoadBalancerPlan? LoadBalancer,
    string ImageArchive,
    IReadOnlyList<ImagePlan> Images,
    string PauseImage,
    AgentPlan? Agent)
{
    private static readonly JsonSerializerOptions Options = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>Reads a plan.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="JsonException">It is not a plan.</exception>
    public static HostPlan Read(string path) => JsonSerializer.Deserialize<HostPlan>(File.ReadAllBytes(path), Options)!;

    /// <summary>The image that a recipe was built to, by the name it has in the clusters; null where it was not built.</summary>
    public string? Reference(string recipe) => Images.FirstOrDefault(i => i.Recipe == recipe)?.Reference;

    /// <summary>The plan as its file holds it.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Options);
}

/// <summary>One embedded cluster.</summary>
/// <param name="Name">hot or standby.</param>
/// <param name="NodeAddress">Its node's address on the bridge.</param>
public sealed record ClusterPlan(string Name, string NodeAddress);

/// <summary>The embedded load balancer.</summary>
/// <param name="DnsAddress">Where its first server answers DNS, as address:port.</param>
/// <param name="ApiPort">The first server's API's port on 127.0.0.1.</param>
/// <param name="ZoneName">The DNS zone that it is the authority for.</param>
/// <param name="AccountId">The Cloudflare account id it answers to, 32 hex digits.</param>
/// <param name="ZoneId">The zone's id, 32 hex digits.</param>
/// <param name="Notifications">Who is told of decisions; null for nobody.</param>
public sealed record LoadBalancerPlan(
    string DnsAddress, int ApiPort, string ZoneName, string AccountId, string ZoneId, NotificationsPlan? Notifications = null)
{
    /// <summary>How many servers answer for the zone, 1 to 4; where each of them is: <see cref="NameServerPlan"/>.</summary>
    public int NameServers { get; init; } = 1;

    /// <summary>Where it serves proxied hostnames; null where it does not.</summary>
    public ProxyPlan? Proxy { get; init; }

    /// <summary>The hash of all of it: a changed plan gives a new process.</summary>
    [JsonIgnore]
    public string Revision => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(this)))[..16];
}

/// <summary>Who is told of decisions.</summary>
/// <param name="Version">Another one where a URL or a secret has changed, so that the load balancer is restarted; tells nothing of them.</param>
/// <param name="Webhooks">The receivers.</param>
public sealed record NotificationsPlan(string Version, IReadOnlyList<WebhookPlan> Webhooks);

/// <summary>One receiver of notifications.</summary>
/// <param name="Url">Where to POST.</param>
/// <param name="SecretFile">The file with the key of the signature, mode 0600; null for none.</param>
public sealed record WebhookPlan(string Url, string? SecretFile);

/// <summary>The load balancer's proxy.</summary>
/// <param name="Http">Where it serves HTTP, as address:port.</param>
/// <param name="Https">Where it serves HTTPS, as address:port.</param>
public sealed record ProxyPlan(string Http, string Https);

/// <summary>An image that was built here.</summary>
/// <param name="Reference">Its name and tag.</param>
/// <param name="Digest">Its manifest's digest.</param>
/// <param name="Recipe">What it was built from: a recipe's name, or its file.</param>
public sealed record ImagePlan(string Reference, string Digest, string Recipe);

/// <summary>What <c>tandem agent</c> goes by.</summary>
/// <param name="File">The platform file, absolute.</param>
/// <param name="Revision">The hash of its text: a changed file gives a new agent.</param>
/// <param name="Port">Where it tells what it knows, on 127.0.0.1.</param>
public sealed record AgentPlan(string File, string Revision, int Port);
