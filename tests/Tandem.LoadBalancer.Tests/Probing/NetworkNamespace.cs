using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Tandem.Processes;

namespace Tandem.LoadBalancer.Tests.Probing;

/// <summary>A network namespace behind a veth pair, with addresses of the range for benchmarks (RFC 2544); gone with its test.</summary>
internal sealed class NetworkNamespace : IAsyncDisposable
{
    private readonly string _name;

    private NetworkNamespace(string name, string network)
    {
        _name = name;
        Outside = $"{network}.1";
        Inside = IPAddress.Parse($"{network}.2");
        Nobody = IPAddress.Parse($"{network}.3");
    }

    /// <summary>The namespace's own address.</summary>
    public IPAddress Inside { get; }

    /// <summary>An address of its network that nobody has.</summary>
    public IPAddress Nobody { get; }

    /// <summary>What a command is preceded by to run in the namespace.</summary>
    public string[] Prefix => ["ip", "netns", "exec", _name];

    private string Outside { get; }

    /// <summary>Makes one. Its name and network are drawn, since tests of other working copies may run at the same time.</summary>
    public static async Task<NetworkNamespace> CreateAsync()
    {
        var number = RandomNumberGenerator.GetInt32(256);
        var made = new NetworkNamespace(
            string.Create(CultureInfo.InvariantCulture, $"tdlb{number}"), string.Create(CultureInfo.InvariantCulture, $"198.18.{number}"));
        await IpAsync("netns", "add", made._name);
        try
        {
            await made.ConnectAsync();
            return made;
        }
        catch
        {
            await IpAsync("netns", "delete", made._name);
            throw;
        }
    }

    /// <summary>Runs a program in the namespace.</summary>
    public Task RunAsync(params string[] command) => IpAsync(["netns", "exec", _name, .. command]);

    /// <summary>The link first: the namespace may live on until its last socket is closed, and the link with it.</summary>
    public async ValueTask DisposeAsync()
    {
        await IpAsync("link", "delete", _name);
        await IpAsync("netns", "delete", _name);
    }

    private static Task IpAsync(params string[] arguments) => ProcessRunner.RunCheckedAsync(new Command("ip", arguments));

    private async Task ConnectAsync()
    {
        await IpAsync("link", "add", _name, "type", "veth", "peer", "name", "eth0", "netns", _name);
        await IpAsync("address", "add", $"{Outside}/29", "dev", _name);
        await IpAsync("link", "set", _name, "up");
        await RunAsync("ip", "address", "add", $"{Inside}/29", "dev", "eth0");
        await RunAsync("ip", "link", "set", "eth0", "up");
    }
}
