using System.Buffers;
using System.Text.Json.Nodes;

namespace Tandem.Platform.Releases;

/// <summary>A path that an Ingress promises to serve.</summary>
/// <param name="Namespace">The Ingress's namespace.</param>
/// <param name="Ingress">Its name.</param>
/// <param name="Host">The host to ask for; null for any.</param>
/// <param name="Path">The path.</param>
/// <param name="TlsSecret">The Secret with the host's certificate; empty for the controller's own, null for plain HTTP.</param>
public sealed record IngressPath(string Namespace, string Ingress, string? Host, string Path, string? TlsSecret)
{
    /// <summary>A path with these is a regular expression, and not one to ask for.</summary>
    private static readonly SearchValues<char> Pattern = SearchValues.Create("()[]{}*+?|\\^$");

    /// <summary>The paths of the Ingresses among objects that can be asked for. A wildcard host is asked for by a name that it covers.</summary>
    public static IReadOnlyList<IngressPath> Of(IEnumerable<JsonObject> objects) =>
    [
        .. from ingress in objects
           where (string?)ingress["kind"] == "Ingress"
           let space = (string?)ingress["metadata"]?["namespace"] ?? "default"
           let name = (string)ingress["metadata"]!["name"]!
           from rule in ingress["spec"]?["rules"] as JsonArray ?? []
           let host = (string?)rule?["host"]
           from path in rule?["http"]?["paths"] as JsonArray ?? []
           let text = (string?)path?["path"] ?? "/"
           where text.StartsWith('/') && text.AsSpan().IndexOfAny(Pattern) < 0
           select new IngressPath(space, name, host?.Replace("*", "any", StringComparison.Ordinal), text, SecretOf(ingress, host)),
    ];

    /// <inheritdoc/>
    public override string ToString() => $"{(TlsSecret is null ? "http" : "https")}://{Host ?? "(any host)"}{Path}";

    private static string? SecretOf(JsonObject ingress, string? host) =>
        (ingress["spec"]?["tls"] as JsonArray ?? []).FirstOrDefault(t => (t?["hosts"] as JsonArray ?? []).Any(h => (string?)h == host)) is { } tls
            ? (string?)tls["secretName"] ?? "" : null;
}
