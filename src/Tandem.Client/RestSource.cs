using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using k8s;
using k8s.Models;

namespace Tandem.Client;

/// <summary>Informer sources for any kind, by its path: list and watch as JSON, without a typed method per kind.</summary>
public static class RestSource
{
    private const string MetadataOnly =
        "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";

    /// <summary>Objects of a page of a list.</summary>
    private const int PageSize = 500;

    /// <summary>The objects of a kind of the KubernetesClient package, in all namespaces.</summary>
    /// <param name="client">The API.</param>
    /// <param name="fieldSelector">Such as <c>spec.nodeName=node-1</c>; null for all.</param>
    public static InformerSource<T> Of<T>(k8s.Kubernetes client, string? fieldSelector = null)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var entity = typeof(T).GetCustomAttribute<KubernetesEntityAttribute>()!;
        var prefix = string.IsNullOrEmpty(entity.Group) ? $"api/{entity.ApiVersion}" : $"apis/{entity.Group}/{entity.ApiVersion}";
        var query = fieldSelector is null ? "" : $"?fieldSelector={Uri.EscapeDataString(fieldSelector)}";
        return Create<T>(client, $"{prefix}/{entity.PluralName}{query}", "application/json");
    }

    /// <summary>The metadata of all objects below a path such as <c>apis/apps/v1/deployments</c>.</summary>
    public static InformerSource<PartialObjectMetadata> Metadata(k8s.Kubernetes client, string path) =>
        Create<PartialObjectMetadata>(client, path, MetadataOnly);

    /// <summary>All objects below a path, each reduced to what is needed as soon as it is read; lists come in pages, so that little is held at once.</summary>
    /// <param name="client">The API.</param>
    /// <param name="path">Such as <c>apis/apps/v1/deployments?labelSelector=a%3Db</c>.</param>
    /// <param name="read">Makes an object of its JSON, which must not be kept; an object of a list has no apiVersion and no kind of its own.</param>
    /// <param name="metadataOnly">Whether the API is to send the metadata alone.</param>
    public static InformerSource<T> Below<T>(k8s.Kubernetes client, string path, Func<JsonElement, T> read, bool metadataOnly = false)
        where T : class, IKubernetesObject<V1ObjectMeta> => Create(client, path, metadataOnly ? MetadataOnly : "application/json", read, $"limit={PageSize}");

    private static InformerSource<T> Create<T>(k8s.Kubernetes client, string path, string accept)
        where T : class, IKubernetesObject<V1ObjectMeta> => Create(client, path, accept, value => KubernetesJson.Deserialize<T>(value), null);

    private static InformerSource<T> Create<T>(k8s.Kubernetes client, string path, string accept, Func<JsonElement, T> read, string? page)
        where T : class, IKubernetesObject<V1ObjectMeta> =>
        new(
            cancellationToken => ListAsync(client, path, accept, read, page, cancellationToken),
            (version, cancellationToken) => WatchAsync(client, path, accept, read, version, cancellationToken));

    private static async Task<(IEnumerable<T> Items, string ResourceVersion)> ListAsync<T>(
        k8s.Kubernetes client, string path, string accept, Func<JsonElement, T> read, string? page, CancellationToken cancellationToken)
    {
        var items = new List<T>();
        var query = page is null ? path : With(path, page);
        while (true)
        {
            using var answer = await SendAsync(client, query, accept, cancellationToken);
            await using var body = await answer.Content.ReadAsStreamAsync(cancellationToken);
            using var list = await JsonDocument.ParseAsync(body, cancellationToken: cancellationToken);
            items.AddRange(list.RootElement.GetProperty("items").EnumerateArray().Select(read));
            var metadata = list.RootElement.GetProperty("metadata");
            if (!metadata.TryGetProperty("continue", out var next) || next.GetString() is not { Length: > 0 } token)
                return (items, metadata.GetProperty("resourceVersion").GetString()!);
            query = With(path, $"{page}&continue={Uri.EscapeDataString(token)}");
        }
    }

    private static async IAsyncEnumerable<(WatchEventType Type, T Object)> WatchAsync<T>(
        k8s.Kubernetes client, string path, string accept, Func<JsonElement, T> read, string version, [EnumeratorCancellation] CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var query = $"{With(path, "watch=true")}&allowWatchBookmarks=true&resourceVersion={version}&timeoutSeconds={InformerSource<T>.WatchSeconds}";
        using var answer = await SendAsync(client, query, accept, cancellationToken);
        await using var body = await answer.Content.ReadAsStreamAsync(cancellationToken);
        using var lines = new StreamReader(body);
        while (await lines.ReadLineAsync(cancellationToken) is { } line)
        {
            using var change = JsonDocument.Parse(line);
            var type = change.RootElement.GetProperty("type").GetString();
            var value = change.RootElement.GetProperty("object");
            if (type == "ERROR")
                throw new KubernetesException(KubernetesJson.Deserialize<V1Status>(value));
            yield return (Enum.Parse<WatchEventType>(type!, ignoreCase: true), read(value));
        }
    }

    private static string With(string path, string query) => $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{query}";

    private static async Task<HttpResponseMessage> SendAsync(k8s.Kubernetes client, string path, string accept, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(client.BaseUri, path));
        request.Headers.TryAddWithoutValidation("Accept", accept);
        // A pod's token; client certificates are the connection's own.
        if (client.Credentials is { } credentials)
            await credentials.ProcessHttpRequestAsync(request, cancellationToken);
        var answer = await client.HttpClient.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (answer.IsSuccessStatusCode)
            return answer;
        using (answer)
            throw new KubernetesException(KubernetesJson.Deserialize<V1Status>(await answer.Content.ReadAsStringAsync(cancellationToken)));
    }
}
