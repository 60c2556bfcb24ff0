using Tandem.Host;
using Tandem.Platform.Spec;

namespace Tandem.Cli.Embedded;

/// <summary>What has to run on this machine for a platform.</summary>
internal static class HostPlans
{
    private const byte HotAddress = 11;
    private const byte StandbyAddress = 12;

    public static HostPlan Of(PlatformSpec spec, string file, string programs, BuiltImages images, NotificationsPlan? notifications) => new(
        spec.Name,
        programs,
        spec.Network.Bridge,
        $"{spec.Network.Host}/{spec.Network.Range.PrefixLength}",
        [.. spec.Clusters.Where(c => c.IsEmbedded).Select(c => new ClusterPlan(c.Name, spec.Network.Address(c.Name == "hot" ? HotAddress : StandbyAddress)))],
        spec.LoadBalancer.Cloudflare is null
            ? new LoadBalancerPlan(
                $"{spec.Network.Host}:{spec.LoadBalancer.DnsPort}",
                spec.LoadBalancer.ApiPort,
                ZoneOf(spec.Hostname),
                Identifier(spec.Name, "account"),
                Identifier(spec.Name, "zone"),
                notifications)
            {
                NameServers = spec.LoadBalancer.NameServers,
                Proxy = spec.LoadBalancer.Proxied ? new ProxyPlan($"{spec.Network.Host}:80", $"{spec.Network.Host}:443") : null,
            }
            : null,
        images.Archive,
        [.. images.ByRecipe.Select(i => new ImagePlan(i.Value.Reference, i.Value.Digest, i.Key))],
        images.ByRecipe.GetValueOrDefault("pause")?.Reference ?? "",
        new AgentPlan(Path.GetFullPath(file), Hash(File.ReadAllText(file))[..16], spec.AgentPort));

    /// <summary>The zone of api.yourcompany.com is yourcompany.com; a name with one dot is its own zone.</summary>
    private static string ZoneOf(string hostname)
    {
        var rest = hostname[(hostname.IndexOf('.', StringComparison.Ordinal) + 1)..];
        return rest.Contains('.', StringComparison.Ordinal) ? rest : hostname;
    }

    /// <summary>A fixed identifier in the form of Cloudflare's.</summary>
    private static string Identifier(string platform, string kind) => Hash($"{platform}/{kind}")[..32];

    private static string Hash(string text) => Convert.ToHexString(
        System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text))).ToLowerInvariant();
}
