using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using k8s.Models;

namespace Tandem.Kubernetes.Node.Images.Credentials;

/// <summary>Reads Secrets of the types <c>kubernetes.io/dockerconfigjson</c> and <c>kubernetes.io/dockercfg</c>.</summary>
internal static class DockerConfig
{
    /// <summary>Registries, as the file names them, and their credentials; nothing for Secrets of other types.</summary>
    /// <exception cref="FormatException">The Secret does not hold what its type says. The message holds nothing of its content.</exception>
    public static IReadOnlyList<(string Registry, RegistryCredential Credential)> Read(V1Secret secret)
    {
        try
        {
            var entries = secret.Type switch
            {
                "kubernetes.io/dockerconfigjson" => Json(secret, ".dockerconfigjson")?["auths"],
                "kubernetes.io/dockercfg" => Json(secret, ".dockercfg"),
                _ => null,
            };
            return [.. (entries?.AsObject() ?? []).Select(e => (e.Key, Credential(e.Value!.AsObject())))];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or NullReferenceException)
        {
            throw new FormatException($"Secret {secret.Metadata.NamespaceProperty}/{secret.Metadata.Name} is not a valid {secret.Type}");
        }
    }

    private static JsonNode? Json(V1Secret secret, string key) =>
        secret.Data is { } data && data.TryGetValue(key, out var bytes) ? JsonNode.Parse(bytes) : null;

    private static RegistryCredential Credential(JsonObject entry)
    {
        if ((string?)entry["auth"] is not { Length: > 0 } auth)
            return new RegistryCredential((string?)entry["username"] ?? "", (string?)entry["password"] ?? "");
        var padded = auth.TrimEnd('=');
        var text = Encoding.UTF8.GetString(Convert.FromBase64String(padded.PadRight((padded.Length + 3) / 4 * 4, '=')));
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? throw new FormatException() : new RegistryCredential(text[..colon], text[(colon + 1)..]);
    }
}
