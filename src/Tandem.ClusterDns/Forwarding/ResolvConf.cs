using System.Net;

namespace Tandem.ClusterDns.Forwarding;

/// <summary>resolv.conf(5), as far as a forwarder needs it.</summary>
internal static class ResolvConf
{
    /// <summary>The name servers in order, each once.</summary>
    public static IReadOnlyList<IPEndPoint> Servers(string text) =>
    [
        .. text.Split('\n')
            .Select(line => line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            .Where(words => words is ["nameserver", _, ..])
            .Select(words => IPAddress.TryParse(words[1], out var address) ? new IPEndPoint(address, 53) : null)
            .OfType<IPEndPoint>()
            .Distinct(),
    ];
}
