using System.Net;

namespace Tandem.Kubernetes.Node.Containers;

/// <summary>
/// The name servers that a node and its pods ask. A machine's own resolv.conf often names a stub on its loopback (systemd-resolved), which
/// no other network namespace reaches; systemd keeps the servers behind it in a file of its own, and the kubelet is set up with that too:
/// https://kubernetes.io/docs/tasks/administer-cluster/dns-debugging-resolution/#known-issues.
/// </summary>
public static class NodeResolvers
{
    private const string Machine = "/etc/resolv.conf";
    private const string BehindTheStub = "/run/systemd/resolve/resolv.conf";

    /// <summary>Whether what the machine asks is not there for its network namespaces.</summary>
    public static bool IsStub => AreLoopback(Read(Machine));

    /// <summary>The resolv.conf of a node; empty where the machine has none.</summary>
    public static string Text => Choose(Read(Machine), Read(BehindTheStub));

    /// <summary>The servers in it that are IPv4, the first first.</summary>
    public static IReadOnlyList<IPAddress> Servers => ServersOf(Text);

    internal static string Choose(string machine, string behindTheStub) =>
        AreLoopback(machine) && ServersOf(behindTheStub).Count > 0 && !AreLoopback(behindTheStub) ? behindTheStub : machine;

    internal static bool AreLoopback(string text) => ServersOf(text) is { Count: > 0 } servers && servers.All(IPAddress.IsLoopback);

    internal static IReadOnlyList<IPAddress> ServersOf(string text) =>
    [
        .. DnsConfigBuilder.Parse(text).Servers
            .Select(server => IPAddress.TryParse(server, out var address) && address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? address : null)
            .OfType<IPAddress>().Distinct(),
    ];

    private static string Read(string path) => File.Exists(path) ? File.ReadAllText(path) : "";
}
