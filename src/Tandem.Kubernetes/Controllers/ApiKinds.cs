using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Tandem.Kubernetes.Controllers;

/// <summary>A kind as discovery tells of it, in its preferred version.</summary>
/// <param name="Path">Of its group version, such as apis/apps/v1.</param>
/// <param name="ApiVersions">All group versions that have the kind.</param>
/// <param name="Kind">Such as Deployment.</param>
/// <param name="Plural">Such as deployments.</param>
/// <param name="IsNamespaced">Whether its objects are in namespaces.</param>
/// <param name="Verbs">What can be done with them.</param>
internal sealed record ApiKind(
    string Path, IReadOnlyList<string> ApiVersions, string Kind, string Plural, bool IsNamespaced, IReadOnlyList<string> Verbs)
{
    /// <summary>Empty for the core group.</summary>
    public string Group => Path.Split('/') is ["apis", var group, _] ? group : "";

    /// <summary>Of all its objects, or of those in a namespace.</summary>
    public string CollectionPath(string @namespace) => IsNamespaced && @namespace.Length > 0 ? $"{Path}/namespaces/{@namespace}/{Plural}" : $"{Path}/{Plural}";

    public string PathOf(string @namespace, string name) => $"{CollectionPath(@namespace)}/{name}";

    /// <summary>Whether objects can be listed, watched and deleted, so that controllers have to care for them.</summary>
    public bool IsManaged => Verbs.Contains("list") && Verbs.Contains("watch") && Verbs.Contains("delete");
}

/// <summary>Asks an API which kinds it has (KEP-3352, aggregated discovery).</summary>
internal static class ApiKinds
{
    private const string Accept = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

    public static async Task<IReadOnlyList<ApiKind>> DiscoverAsync(k8s.Kubernetes client, CancellationToken cancellationToken)
    {
        var core = await ReadAsync(client, "api", cancellationToken);
        var groups = await ReadAsync(client, "apis", cancellationToken);
        return [.. core.Concat(groups).SelectMany(KindsOf)];
    }

    private static async Task<IEnumerable<JsonObject>> ReadAsync(k8s.Kubernetes client, string path, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(client.BaseUri, path));
        request.Headers.Accept.Add(MediaTypeWithQualityHeaderValue.Parse(Accept));
        using var answer = await client.HttpClient.SendAsync(request, cancellationToken);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<JsonObject>(cancellationToken)).Items("items").ToList();
    }

    private static IEnumerable<ApiKind> KindsOf(JsonObject group)
    {
        var name = group.Text("metadata", "name") ?? "";
        return group.Items("versions")
            .SelectMany(v => v.Items("resources").Select(r => (Version: v.Text("version")!, Resource: r)))
            .GroupBy(x => x.Resource.Text("resource")!)
            .Select(versions =>
            {
                var (version, resource) = versions.First();
                return new ApiKind(
                    name.Length == 0 ? $"api/{version}" : $"apis/{name}/{version}",
                    [.. versions.Select(v => name.Length == 0 ? v.Version : $"{name}/{v.Version}")],
                    resource.Text("responseKind", "kind")!,
                    versions.Key,
                    resource.Text("scope") == "Namespaced",
                    [.. resource.Texts("verbs")]);
            });
    }
}
