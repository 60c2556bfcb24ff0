using System.Net;
using System.Text.Json.Nodes;
using k8s;

namespace Tandem.Platform.Clusters;

/// <summary>The one door to a cluster: every call to its Kubernetes API goes through here.</summary>
public sealed class Cluster : IDisposable
{
    private const string FieldManager = "tandem";

    private readonly Kubernetes _client;
    private readonly Dictionary<string, ApiResource> _resources = [];

    private Cluster(string name, Kubernetes client)
    {
        Name = name;
        _client = client;
    }

    /// <summary>hot or standby.</summary>
    public string Name { get; }

    /// <summary>Opens a cluster by its kubeconfig.</summary>
    /// <param name="name">hot or standby.</param>
    /// <param name="kubeconfig">The file.</param>
    /// <param name="context">The context; null for the current one.</param>
    /// <exception cref="k8s.Exceptions.KubeConfigException">The file is not usable.</exception>
    public static Cluster Open(string name, string kubeconfig, string? context)
    {
        var config = KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfig, context);
        config.UserAgent = "tandem/" + typeof(Cluster).Assembly.GetName().Version;
        return new Cluster(name, new Kubernetes(config));
    }

    /// <summary>Whether the API says that it is ready.</summary>
    public async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await _client.HttpClient.GetAsync(new Uri(_client.BaseUri, "readyz"), cancellationToken);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>An object, or null where it is not there.</summary>
    /// <exception cref="ClusterException">The API refused or cannot be reached.</exception>
    public async Task<JsonObject?> GetAsync(ObjectReference reference, CancellationToken cancellationToken)
    {
        var (code, body) = await SendAsync(HttpMethod.Get, await PathAsync(reference, cancellationToken), null, null, cancellationToken);
        return code == HttpStatusCode.NotFound ? null : Checked(code, body, $"get {reference}");
    }

    /// <summary>The objects of a kind, in all namespaces.</summary>
    /// <exception cref="ClusterException">The API refused or cannot be reached.</exception>
    public async Task<IReadOnlyList<JsonObject>> ListAsync(string apiVersion, string kind, CancellationToken cancellationToken)
    {
        var resource = await ResourceAsync(apiVersion, kind, cancellationToken);
        var (code, body) = await SendAsync(HttpMethod.Get, $"{resource.Prefix}/{resource.Plural}", null, null, cancellationToken);
        return [.. (Checked(code, body, $"list {kind}")["items"] as JsonArray ?? []).OfType<JsonObject>()];
    }

    /// <summary>Server-side apply, as the manager "tandem", which takes over what others have changed.</summary>
    /// <returns>The object as it is now.</returns>
    /// <exception cref="ClusterException">The API refused or cannot be reached.</exception>
    public async Task<JsonObject> ApplyAsync(JsonObject value, CancellationToken cancellationToken)
    {
        var reference = ObjectReference.Of(value);
        var path = await PathAsync(reference, cancellationToken) + $"?fieldManager={FieldManager}&force=true&fieldValidation=Strict";
        var (code, body) = await SendAsync(HttpMethod.Patch, path, value.ToJsonString(), "application/apply-patch+yaml", cancellationToken);
        return Checked(code, body, $"apply {reference}");
    }

    /// <summary>Deletes an object at once, without its grace period; one that is gone already is no error.</summary>
    /// <exception cref="ClusterException">The API refused or cannot be reached.</exception>
    public async Task DeleteNowAsync(ObjectReference reference, CancellationToken cancellationToken)
    {
        var path = await PathAsync(reference, cancellationToken) + "?gracePeriodSeconds=0";
        var (code, body) = await SendAsync(HttpMethod.Delete, path, null, null, cancellationToken);
        if (code != HttpStatusCode.NotFound)
            Checked(code, body, $"delete {reference}");
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private JsonObject Checked(HttpStatusCode code, JsonObject? body, string what) =>
        (int)code is >= 200 and < 300 && body is not null
            ? body
            : throw new ClusterException($"{Name}: cannot {what}: {(string?)body?["message"] ?? $"HTTP {(int)code}"}", reachable: true);

    private async Task<(HttpStatusCode Code, JsonObject? Body)> SendAsync(
        HttpMethod method, string path, string? body, string? type, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(_client.BaseUri, path));
        if (body is not null)
            request.Content = new StringContent(body, new System.Net.Http.Headers.MediaTypeHeaderValue(type!));
        try
        {
            using var answer = await _client.HttpClient.SendAsync(request, cancellationToken);
            var text = await answer.Content.ReadAsStringAsync(cancellationToken);
            return (answer.StatusCode, text.StartsWith('{') ? JsonNode.Parse(text) as JsonObject : null);
        }
        catch (HttpRequestException e)
        {
            throw new ClusterException($"{Name}: {_client.BaseUri} cannot be reached: {e.Message}", reachable: false);
        }
        catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ClusterException($"{Name}: {_client.BaseUri} did not answer in time", reachable: false);
        }
    }

    private async Task<string> PathAsync(ObjectReference reference, CancellationToken cancellationToken)
    {
        var resource = await ResourceAsync(reference.ApiVersion, reference.Kind, cancellationToken);
        return resource.IsNamespaced
            ? $"{resource.Prefix}/namespaces/{reference.Namespace ?? "default"}/{resource.Plural}/{reference.Name}"
            : $"{resource.Prefix}/{resource.Plural}/{reference.Name}";
    }

    /// <summary>Where a kind lives, asked of the cluster itself once.</summary>
    private async Task<ApiResource> ResourceAsync(string apiVersion, string kind, CancellationToken cancellationToken)
    {
        lock (_resources)
            if (_resources.TryGetValue($"{apiVersion}/{kind}", out var known))
                return known;
        var prefix = apiVersion.Contains('/') ? "apis/" + apiVersion : "api/" + apiVersion;
        var (code, body) = await SendAsync(HttpMethod.Get, prefix, null, null, cancellationToken);
        if (code == HttpStatusCode.NotFound)
            throw new ClusterException($"{Name}: the cluster does not serve {apiVersion}", reachable: true);
        lock (_resources)
        {
            foreach (var entry in (Checked(code, body, $"discover {apiVersion}")["resources"] as JsonArray ?? []).OfType<JsonObject>())
                if ((string)entry["name"]! is var plural && !plural.Contains('/'))
                    _resources[$"{apiVersion}/{(string)entry["kind"]!}"] = new ApiResource(prefix, plural, (bool)entry["namespaced"]!);
            return _resources.GetValueOrDefault($"{apiVersion}/{kind}") ?? throw new ClusterException($"{Name}: the cluster does not serve {kind} in {apiVersion}", reachable: true);
        }
    }

    private sealed record ApiResource(string Prefix, string Plural, bool IsNamespaced);
}
