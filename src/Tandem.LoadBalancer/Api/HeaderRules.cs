namespace Tandem.LoadBalancer.Api;

/// <summary>Which headers a probe may carry.</summary>
internal static class HeaderRules
{
    public static void Validate(IReadOnlyDictionary<string, IReadOnlyList<string>>? header, string pointer, Validation errors)
    {
        foreach (var (name, values) in header ?? new Dictionary<string, IReadOnlyList<string>>())
        {
            errors.Require(
                name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal)),
                $"{pointer}/{name}", $"\"{name}\" is not the name of a header: validation failed");
            errors.Require(
                values is { Count: > 0 } && values.All(v => v is not null && !v.Any(char.IsControl)),
                $"{pointer}/{name}", $"{name} needs values without control characters: validation failed");
            if (name.Equals("Host", StringComparison.OrdinalIgnoreCase))
            {
                errors.Require(
                    values is { Count: 1 } && Uri.CheckHostName(values[0].Split(':')[0]) != UriHostNameType.Unknown,
                    $"{pointer}/{name}", "Host needs one host name: validation failed");
            }
        }
    }
}
