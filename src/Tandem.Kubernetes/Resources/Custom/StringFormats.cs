using System.Globalization;
using System.Net;
using System.Net.Mail;
using System.Text.RegularExpressions;

namespace Tandem.Kubernetes.Resources.Custom;

/// <summary>
/// The formats of strings that schemas may name; others are ignored, as kube-apiserver does. See
/// https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation.
/// </summary>
internal static partial class StringFormats
{
    public static bool Fits(string value, string format) => format switch
    {
        "date-time" => DateTimePattern().IsMatch(value) && DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, out _),
        "date" => DateOnly.TryParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
        "duration" => DurationPattern().IsMatch(value),
        "byte" => Convert.TryFromBase64String(value, new byte[value.Length], out _),
        "uuid" => Guid.TryParseExact(value, "D", out _),
        "ipv4" => IPAddress.TryParse(value, out var four) && four.GetAddressBytes().Length == 4 && value.Count(c => c == '.') == 3,
        "ipv6" => IPAddress.TryParse(value, out var six) && six.GetAddressBytes().Length == 16,
        "cidr" => IPNetwork.TryParse(value, out _),
        "email" => MailAddress.TryCreate(value, out var mail) && mail.Address == value,
        "hostname" => value.Length <= 255 && HostNamePattern().IsMatch(value),
        "uri" => Uri.TryCreate(value, UriKind.Absolute, out _),
        _ => true,
    };

    [GeneratedRegex(@"\A\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})\z")]
    private static partial Regex DateTimePattern();

    [GeneratedRegex(@"\A-?(\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h|d|w)((\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h|d|w))*\z|\A0\z")]
    private static partial Regex DurationPattern();

    [GeneratedRegex(@"\A[a-zA-Z0-9]([-a-zA-Z0-9]{0,61}[a-zA-Z0-9])?(\.[a-zA-Z0-9]([-a-zA-Z0-9]{0,61}[a-zA-Z0-9])?)*\z")]
    private static partial Regex HostNamePattern();
}
