using System.Text.Json.Nodes;
using Tandem.Platform.Releases;

namespace Tandem.Platform.Drills;

/// <summary>What the Ingresses say of a hostname. Pure.</summary>
public static class IngressRoutes
{
    /// <summary>The paths, in the order of the Ingresses; / where there is none.</summary>
    public static IReadOnlyList<string> Paths(IEnumerable<JsonObject> ingresses, string hostname)
    {
        List<string> paths = [.. IngressPath.Of(ingresses).Where(p => p.Host == hostname).Select(p => p.Path).Distinct()];
        return paths.Count > 0 ? paths : ["/"];
    }

    /// <summary>The services behind them.</summary>
    public static IReadOnlySet<(string Namespace, string Name)> Services(IEnumerable<JsonObject> ingresses, string hostname) =>
        Routes(ingresses, hostname)
            .Select(r => (r.Namespace, Name: (string?)r.Path["backend"]?["service"]?["name"]))
            .Where(s => s.Name is not null)
            .Select(s => (s.Namespace, s.Name!))
            .ToHashSet();

    private static IEnumerable<(string Namespace, JsonObject Path)> Routes(IEnumerable<JsonObject> ingresses, string hostname) =>
        from ingress in ingresses
        from rule in (ingress["spec"]?["rules"] as JsonArray ?? []).OfType<JsonObject>()
        where (string?)rule["host"] == hostname
        from path in (rule["http"]?["paths"] as JsonArray ?? []).OfType<JsonObject>()
        select ((string?)ingress["metadata"]?["namespace"] ?? "default", path);
}
