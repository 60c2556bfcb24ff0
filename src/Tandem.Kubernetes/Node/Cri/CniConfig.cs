using System.Text.Json;

namespace Tandem.Kubernetes.Node.Cri;

/// <summary>The pod network of one cluster: a bridge in its network namespace, addresses from the pod range.</summary>
/// <param name="NetworkName">Name of the network, also of its folder of leases.</param>
/// <param name="PodCidr">Range of the pods' addresses; its first address is the bridge's own.</param>
/// <param name="DataDirectory">Folder for the address leases; of this cluster alone, for both clusters use the same range.</param>
public sealed record CniConfig(string NetworkName, string PodCidr, string DataDirectory)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>The bridge's name inside the cluster's network namespace, at most 15 bytes.</summary>
    public string Bridge { get; init; } = "cni0";

    /// <summary>The text of a <c>.conflist</c> (CNI specification 0.4.0). containerd adds the loopback itself.</summary>
    public string ToJson() => JsonSerializer.Serialize(
        new Dictionary<string, object>
        {
            ["cniVersion"] = "0.4.0",
            ["name"] = NetworkName,
            ["plugins"] = new object[]
            {
                new Dictionary<string, object>
                {
                    ["type"] = "bridge",
                    ["bridge"] = Bridge,
                    ["isGateway"] = true,
                    ["hairpinMode"] = true,
                    // Service and NetworkPolicy rules must see the pods' own addresses.
                    ["ipMasq"] = false,
                    ["ipam"] = new Dictionary<string, object>
                    {
                        ["type"] = "host-local",
                        ["dataDir"] = DataDirectory,
                        ["ranges"] = new[] { new[] { new Dictionary<string, string> { ["subnet"] = PodCidr } } },
                        ["routes"] = new[] { new Dictionary<string, string> { ["dst"] = "0.0.0.0/0" } },
                    },
                },
            },
        },
        Indented);
}
