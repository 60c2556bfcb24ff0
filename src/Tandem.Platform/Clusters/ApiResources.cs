using System.Net;
using System.Text.Json.Nodes;

namespace Tandem.Platform.Clusters;

/// <summary>Where kinds live, asked of the cluster itself and remembered; what is not found is asked for again.</summary>
/// <param name="get">Answers a GET of a path.</param>
internal sealed class ApiResources(Func<string, CancellationToken, Task<(HttpStatusCode Code, JsonObject? Body)>> get)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string ApiVersion, string Kind), ApiResource> _known = [];

    /// <returns>The resource; null where the cluster does not serve it.</returns>
    /// <exception cref="ClusterException">The API refused or cannot be reached.</exception>
    public async Task<ApiResource?> FindAsync(string apiVersion, string kind, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_known.TryGetValue((apiVersion, kind), out var known))
                return known;
        }

        var prefix = apiVersion.Contains('/') ? "apis/" + apiVersion : "api/" + apiVersion;
        var (code, body) = await get(prefix, cancellationToken);
        if (code == HttpStatusCode.NotFound)
            return null;
        if (code != HttpStatusCode.OK)
            throw new ClusterException($"cannot discover {apiVersion}: HTTP {(int)code}", reachable: true);
        lock (_gate)
        {
            foreach (var entry in (body?["resources"] as JsonArray ?? []).OfType<JsonObject>())
                if ((string)entry["name"]! is var plural && !plural.Contains('/'))
                    _known[(apiVersion, (string)entry["kind"]!)] = new ApiResource(prefix, plural, (bool)entry["namespaced"]!);
            return _known.GetValueOrDefault((apiVersion, kind));
        }
    }
}

/// <summary>A resource of an API.</summary>
/// <param name="Prefix">Such as apis/apps/v1.</param>
/// <param name="Plural">Such as deployments.</param>
/// <param name="IsNamespaced">Whether its objects are in namespaces.</param>
public sealed record ApiResource(string Prefix, string Plural, bool IsNamespaced)
{
    /// <summary>The path of its objects in all namespaces.</summary>
    public string All => $"{Prefix}/{Plural}";

    /// <summary>The path of its objects in one namespace.</summary>
    public string In(string? @namespace) => IsNamespaced ? $"{Prefix}/namespaces/{@namespace ?? "default"}/{Plural}" : All;
}
