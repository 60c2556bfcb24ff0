using System.Net;
using System.Net.NetworkInformation;

namespace Tandem.Whoami;

/// <summary>Who answers: the process's name, host and addresses.</summary>
/// <param name="Name">The name given to this instance, if any.</param>
internal sealed record Identity(string? Name)
{
    public string Hostname { get; } = Dns.GetHostName();

    public IReadOnlyList<string> Addresses =>
        [.. NetworkInterface.GetAllNetworkInterfaces().SelectMany(i => i.GetIPProperties().UnicastAddresses)
            .Select(a => new IPAddress(a.Address.GetAddressBytes()).ToString())];
}
