using k8s.Models;

namespace Tandem.Kubernetes.Node.Images.Credentials;

/// <summary>
/// Which credentials are tried for an image, by the rules of https://kubernetes.io/docs/concepts/containers/images/#config-json:
/// the host part by part with <c>*</c> within a part, the port as it is, the path as a prefix, more exact ones first.
/// </summary>
internal sealed class Keyring
{
    private const string DockerHub = "index.docker.io";
    private readonly List<(string Pattern, RegistryCredential Credential)> _entries = [];

    /// <summary>The credentials of some Secrets, in their order.</summary>
    /// <exception cref="FormatException">A Secret does not hold what its type says.</exception>
    public Keyring(IEnumerable<V1Secret> secrets)
    {
        foreach (var (registry, credential) in secrets.SelectMany(DockerConfig.Read))
            _entries.Add((Pattern(registry), credential));
    }

    /// <summary>All that match, to be tried one after the other; none: the image is pulled without.</summary>
    /// <param name="repository">Host and path, as <see cref="ImageName.Repository"/> gives them.</param>
    public IReadOnlyList<RegistryCredential> Lookup(string repository)
    {
        var found = _entries.Where(e => Matches(e.Pattern, repository)).OrderByDescending(e => e.Pattern, StringComparer.Ordinal).ToList();
        if (found.Count == 0 && repository.StartsWith("docker.io/", StringComparison.Ordinal))
            found = [.. _entries.Where(e => e.Pattern == DockerHub)];
        return [.. found.Select(e => e.Credential).Distinct()];
    }

    // Docker's own files name registries as https://index.docker.io/v1/: scheme and API version say nothing.
    private static string Pattern(string registry)
    {
        var scheme = registry.IndexOf("://", StringComparison.Ordinal);
        var name = scheme < 0 ? registry : registry[(scheme + 3)..];
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0)
            return name;
        var path = name[slash..];
        if (path.StartsWith("/v1/", StringComparison.Ordinal) || path.StartsWith("/v2/", StringComparison.Ordinal))
            path = path[3..];
        return path == "/" ? name[..slash] : name[..slash] + path;
    }

    private static bool Matches(string pattern, string repository)
    {
        var (patternHost, patternPath) = Split(pattern);
        var (host, path) = Split(repository);
        string[] patternParts = patternHost.Split('.', ':'), parts = host.Split('.', ':');
        return patternHost.Contains(':', StringComparison.Ordinal) == host.Contains(':', StringComparison.Ordinal)
            && patternParts.Length == parts.Length
            && patternParts.Zip(parts).All(p => System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(p.First, p.Second, ignoreCase: false))
            && path.StartsWith(patternPath, StringComparison.Ordinal);
    }

    private static (string Host, string Path) Split(string name) =>
        name.IndexOf('/', StringComparison.Ordinal) is var slash and >= 0 ? (name[..slash], name[slash..]) : (name, "");
}
