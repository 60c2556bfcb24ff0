using System.Buffers.Binary;
using System.Globalization;
using System.Net;

namespace Tandem.Host;

/// <summary>One of the servers of the embedded load balancer, each a process that is enough for all.</summary>
/// <param name="Number">1 for the first.</param>
/// <param name="Label">What its zone calls it: ns where it is alone, else ns1, ns2 and so on.</param>
/// <param name="Dns">Where it answers DNS: the first on the host's address in the platform's network, each further one on the next address.</param>
/// <param name="Api">Its API: the first on the platform's API port, each further one on the next port.</param>
public sealed record NameServerPlan(int Number, string Label, IPEndPoint Dns, IPEndPoint Api)
{
    /// <summary>The most there can be: the hosts' addresses 1 to 4 are theirs.</summary>
    public const int Most = 4;

    private const string First = "lb";

    /// <summary>The name of its process, of its log and of its folder: lb, lb2 and so on.</summary>
    public string Name => NameOf(Number);

    /// <summary>The servers of a plan, the first first.</summary>
    public static IReadOnlyList<NameServerPlan> Of(LoadBalancerPlan plan)
    {
        var dns = IPEndPoint.Parse(plan.DnsAddress);
        return
        [
            .. Enumerable.Range(0, plan.NameServers).Select(i => new NameServerPlan(
                i + 1,
                plan.NameServers == 1 ? "ns" : string.Create(CultureInfo.InvariantCulture, $"ns{i + 1}"),
                new IPEndPoint(Next(dns.Address, i), dns.Port),
                new IPEndPoint(IPAddress.Loopback, plan.ApiPort + i))),
        ];
    }

    /// <summary>Whether a process is one of the load balancer's servers, of this plan or an earlier one.</summary>
    public static bool IsProcess(string name) => Enumerable.Range(1, Most).Any(number => NameOf(number) == name);

    /// <summary>The address so many places after another one.</summary>
    public static IPAddress Next(IPAddress address, int places)
    {
        var bytes = address.GetAddressBytes();
        BinaryPrimitives.WriteUInt32BigEndian(bytes, BinaryPrimitives.ReadUInt32BigEndian(bytes) + (uint)places);
        return new IPAddress(bytes);
    }

    /// <summary>The command line of its process. It names the plan's revision, so that another plan restarts them all: each has to know the others.</summary>
    public IReadOnlyList<string> Arguments(string planFile, LoadBalancerPlan plan) =>
        ["lb", "run", "--plan", planFile, "--server", Number.ToString(CultureInfo.InvariantCulture), "--revision", plan.Revision];

    private static string NameOf(int number) => number == 1 ? First : string.Create(CultureInfo.InvariantCulture, $"{First}{number}");
}
