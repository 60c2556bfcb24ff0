using System.Text;
using System.Text.Json;
using k8s.Models;
using Tandem.Kubernetes.Node.Cri.V1;

namespace Tandem.Kubernetes.Node.Images;

/// <summary>What <c>imagePullSecrets</c> have for an image's registry. Pure. See
/// https://kubernetes.io/docs/concepts/containers/images/#using-a-private-registry.</summary>
internal static class PullCredentials
{
    private const string DockerHub = "docker.io";

    /// <summary>The accounts to try, in their order.</summary>
    /// <exception cref="JsonException">A secret is none of the formats.</exception>
    public static IEnumerable<AuthConfig> For(string image, IEnumerable<V1Secret> secrets) =>
        secrets.SelectMany(Accounts).Where(a => Matches(a.Registry, image)).OrderByDescending(a => a.Registry.Length).Select(a => a.Account);

    /// <summary>The host, and port where there is one, that an image's name begins with.</summary>
    public static string RegistryOf(string image)
    {
        var first = image.Split('/', 2) is [var host, _] ? host : "";
        return first.Contains('.', StringComparison.Ordinal) || first.Contains(':', StringComparison.Ordinal) || first == "localhost" ? first : DockerHub;
    }

    private static IEnumerable<(string Registry, AuthConfig Account)> Accounts(V1Secret secret)
    {
        if (secret.Data?.TryGetValue(".dockerconfigjson", out var json) == true)
            return Read(JsonDocument.Parse(json).RootElement.TryGetProperty("auths", out var auths) ? auths : default);
        return secret.Data?.TryGetValue(".dockercfg", out var old) == true ? Read(JsonDocument.Parse(old).RootElement) : [];
    }

    private static IEnumerable<(string Registry, AuthConfig Account)> Read(JsonElement registries) =>
        registries.ValueKind != JsonValueKind.Object ? [] : registries.EnumerateObject().Select(r => (Normal(r.Name), Account(r.Value)));

    private static AuthConfig Account(JsonElement entry)
    {
        var both = Encoding.UTF8.GetString(Convert.FromBase64String(Text(entry, "auth"))).Split(':', 2);
        return new AuthConfig
        {
            Username = Text(entry, "username") is { Length: > 0 } name ? name : both[0],
            Password = Text(entry, "password") is { Length: > 0 } password ? password : both.ElementAtOrDefault(1) ?? "",
            IdentityToken = Text(entry, "identitytoken"),
        };
    }

    private static string Text(JsonElement entry, string name) => entry.TryGetProperty(name, out var value) ? value.GetString() ?? "" : "";

    // https://index.docker.io/v1/ is what "docker login" writes for the hub.
    private static string Normal(string registry)
    {
        var name = registry.Replace("https://", "", StringComparison.Ordinal).Replace("http://", "", StringComparison.Ordinal).TrimEnd('/');
        name = name.EndsWith("/v1", StringComparison.Ordinal) || name.EndsWith("/v2", StringComparison.Ordinal) ? name[..^3] : name;
        return name == "index.docker.io" ? DockerHub : name;
    }

    private static bool Matches(string registry, string image)
    {
        var host = RegistryOf(image);
        var full = image.StartsWith(host, StringComparison.Ordinal) ? image : $"{host}/{image}";
        var wanted = registry.Split('/', 2);
        return Host(wanted[0], host) && (wanted.Length == 1 || full.StartsWith($"{host}/{wanted[1]}", StringComparison.Ordinal));
    }

    // A part of a host's name may be "*", for one label.
    private static bool Host(string pattern, string host)
    {
        var (patterns, labels) = (pattern.Split('.'), host.Split('.'));
        return patterns.Length == labels.Length && patterns.Zip(labels).All(p => p.First == "*" || p.First == p.Second);
    }
}
