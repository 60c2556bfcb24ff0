using System.Text.RegularExpressions;

namespace Tandem.Kubernetes.Resources;

/// <summary>What a name must look like, and how kube-apiserver says so.</summary>
internal sealed partial record NameRule(Regex Pattern, int MaxLength, string Wording)
{
    /// <summary>RFC 1123 subdomain.</summary>
    public static readonly NameRule Subdomain = new(
        SubdomainPattern(),
        253,
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')");

    /// <summary>RFC 1123 label.</summary>
    public static readonly NameRule Label = new(
        LabelPattern(),
        63,
        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')");

    /// <summary>RFC 1035 label: services, whose names become host names.</summary>
    public static readonly NameRule Dns1035 = new(
        Dns1035Pattern(),
        63,
        "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')");

    /// <summary>Anything that can stand in a path, as RBAC names.</summary>
    public static readonly NameRule PathSegment = new(PathSegmentPattern(), 253, "may not be '.' or '..' and may not contain '/' or '%'");

    /// <summary>Null where the name is fine, else what is wrong.</summary>
    public string? Check(string name) =>
        name.Length > MaxLength ? $"must be no more than {MaxLength} characters" : Pattern.IsMatch(name) ? null : Wording;

    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z")]
    private static partial Regex SubdomainPattern();

    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9]*[a-z0-9])?\z")]
    private static partial Regex LabelPattern();

    [GeneratedRegex(@"\A[a-z]([-a-z0-9]*[a-z0-9])?\z")]
    private static partial Regex Dns1035Pattern();

    [GeneratedRegex(@"\A(?!\.{1,2}\z)[^/%]+\z")]
    private static partial Regex PathSegmentPattern();
}
