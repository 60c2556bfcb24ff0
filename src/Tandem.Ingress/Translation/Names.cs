using System.Net;
using System.Text.RegularExpressions;

namespace Tandem.Ingress.Translation;

/// <summary>
/// What may get from an object into nginx.conf. Lists of what is allowed, never of what is not: quoting bugs in ingress
/// controllers have handed over whole clusters (CVE-2021-25745, CVE-2025-1974).
/// </summary>
internal static partial class Names
{
    private const int LongestHost = 253; // RFC 1035 in text form
    private const int LongestPath = 1024; // nginx takes parameters of up to 4096 bytes

    public static bool IsHost(string host) => host.Length <= LongestHost && Host().IsMatch(host) && !IPAddress.TryParse(host, out _);

    public static bool IsPath(string path) =>
        path.Length <= LongestPath && Path().IsMatch(path)
        && !path.Contains("//", StringComparison.Ordinal) && !path.Split('/').Any(element => element is "." or "..");

    public static bool IsLabel(string? name) => name is not null && Label().IsMatch(name);

    /// <summary>An endpoint as nginx writes it, or null where it is none.</summary>
    public static string? Endpoint(string address, int port) =>
        port is > 0 and <= 65535 && IPAddress.TryParse(address, out var ip)
            ? new IPEndPoint(ip, port).ToString()
            : null;

    [GeneratedRegex(@"\A(?:\*\.)?(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\z")]
    private static partial Regex Host();

    [GeneratedRegex(@"\A/[A-Za-z0-9._~!&*+,:=@/-]*\z")]
    private static partial Regex Path();

    [GeneratedRegex(@"\A[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\z")]
    private static partial Regex Label();
}
