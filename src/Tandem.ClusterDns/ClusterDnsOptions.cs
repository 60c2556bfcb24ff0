using System.Collections;
using System.Globalization;
using System.Net;

namespace Tandem.ClusterDns;

/// <summary>What the server is told by its environment.</summary>
internal sealed record ClusterDnsOptions
{
    /// <summary>DNS_PORT: where DNS is answered, UDP and TCP, on all addresses.</summary>
    public int Port { get; init; } = 53;

    /// <summary>HEALTH_PORT: where /health and /ready are answered over HTTP.</summary>
    public int HealthPort { get; init; } = 8181;

    /// <summary>CLUSTER_DOMAIN: the zone of the cluster's names.</summary>
    public string ClusterDomain { get; init; } = "cluster.local";

    /// <summary>POD_RANGE and SERVICE_RANGE: whose reverse names are answered here and never forwarded.</summary>
    public IReadOnlyList<IPNetwork> Ranges { get; init; } = [IPNetwork.Parse("10.244.0.0/24"), IPNetwork.Parse("10.96.0.0/16")];

    /// <exception cref="FormatException">A variable has a value that makes no sense; the message names it.</exception>
    public static ClusterDnsOptions FromEnvironment(IDictionary environment)
    {
        var defaults = new ClusterDnsOptions();
        return new ClusterDnsOptions
        {
            Port = Port("DNS_PORT", defaults.Port),
            HealthPort = Port("HEALTH_PORT", defaults.HealthPort),
            ClusterDomain = Read("CLUSTER_DOMAIN", defaults.ClusterDomain, text => Dns.DnsName.TryParse(text, out _) ? text : null),
            Ranges = [Range("POD_RANGE", defaults.Ranges[0]), Range("SERVICE_RANGE", defaults.Ranges[1])],
        };

        int Port(string name, int otherwise) => Read(
            name, (int?)otherwise, text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and < 65536 ? port : null)!.Value;

        IPNetwork Range(string name, IPNetwork otherwise) => Read(
            name, (IPNetwork?)otherwise, text => IPNetwork.TryParse(text, out var range) && range.BaseAddress.GetAddressBytes().Length == 4 ? range : null)!.Value;

        T Read<T>(string name, T otherwise, Func<string, T?> parse) => environment[name] is not string { Length: > 0 } text
            ? otherwise
            : parse(text) is { } value ? value : throw new FormatException($"{name}: '{text}' cannot be used");
    }
}
