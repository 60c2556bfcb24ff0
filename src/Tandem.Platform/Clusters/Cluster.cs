using System.Net;
using System.Text.Json.Nodes;
using k8s;

namespace Tandem.Platform.Clusters;

/// <summary>The one door to a cluster: every call to its Kubernetes API goes through here.</summary>
public sealed class Cluster : IDisposable
{
    /// <summary>The field manager of everything that is applied.</summary>
    public const string FieldManager = "tandem";

    /// <summary>An API that says nothing for so long counts as not reachable.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan ReadyPatience = TimeSpan.FromSeconds(5);

    private readonly ApiResources _resources;

    private Cluster(string name, Kubernetes client)
    {
        (Name, Client) = (name, client);
        _resources = new ApiResources((path, stop) => SendAsync(HttpMethod.Get, path, null, null, stop));
    }

    /// <summary>hot or standby.</summary>
    public string Name { get; }

    /// <summary>The API's address.</summary>
    public Uri Server => Client.BaseUri;

    /// <summary>For informers.</summary>
    internal Kubernetes Client { get; }

    /// <summary>Opens a cluster by its kubeconfig.</summary>
    /// <param name="name">hot or standby.</param>
    /// <param name="kubeconfig">The file.</param>
    /// <param name="context">The context; null for the current one.</param>
    /// <exception cref="k8s.Exceptions.KubeConfigException">The file is not usable.</exception>
    public static Cluster Open(string name, string kubeconfig, string? context)
    {
        var config = KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfig, context);
        config.UserAgent = "tandem/" + typeof(Cluster).Assembly.GetName().Version;
        config.HttpClientTimeout = Patience;
        if (KubeconfigProxy.Of(File.ReadAllText(kubeconfig), context) is { } proxy)
            config.FirstMessageHandlerSetup = handler => handler.Proxy = new WebProxy(proxy);
        return new Cluster(name, new Kubernetes(config));
    }

    /// <summary>Those of some clusters whose API says that it is ready, in their order; asked side by side.</summary>
    public static async Task<IReadOnlyList<Cluster>> ReadyOfAsync(IReadOnlyList<Cluster> clusters, CancellationToken cancellationToken)
    {
        var ready = await Task.WhenAll(clusters.Select(c => c.IsReadyAsync(cancellationToken)));
        return [.. clusters.Where((_, i) => ready[i])];
    }

    /// <summary>Whether the API says that it is ready.</summary>
    public async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(ReadyPatience);
        try
        {
            return (await SendAsync(HttpMethod.Get, "readyz", null, null, limit.Token)).Code == HttpStatusCode.OK;
        }
        catch (Exception e) when (e is ClusterException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false;
        }
    }

    /// <summary>Whether the cluster serves a kind.</summary>
    /// <exception cref="ClusterException">The API refused or cannot be reached.</exception>
    public async Task<bool> ServesAsync(string apiVersion, string kind, CancellationToken cancellationToken) =>
        await _resources.FindAsync(apiVersion, kind, cancellationToken) is not null;

    /// <summary>The version that the cluster prefers of an API group, such as apps/v1.</summary>
    /// <param name="group">Empty for the core's.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The version; null where the cluster does not serve the group.</returns>
    /// <exception cref="ClusterException">The API refused or cannot be reached.</exception>
    public async Task<string?> PreferredVersionAsync(string group, CancellationToken cancellationToken)
    {
        if (group.Length == 0)
            return "v1";
        var (code, body) = await SendAsync(HttpMethod.Get, "apis/" + group, null, null, cancellationToken);
        return code == HttpStatusCode.NotFound ? null : (string?)Checked(code, body, $"discover {group}")["preferredVersion"]?["groupVersion"];
    }

    /// <summary>Where a kind lives.</summary>
    /// <exception cref="ClusterException">The cluster does not serve it, the API refused or cannot be reached.</exception>
    public async Task<ApiResource> ResourceAsync(string apiVersion, string kind, CancellationToken cancellationToken) =>
        await _resources.FindAsync(apiVersion, kind, cancellationToken)
        ?? throw new ClusterException($"{Name}: the cluster does not serve {kind} in {apiVersion}", reachable: true, HttpStatusCode.NotFound);

    /// <summary>An object, or null where it is not there.</summary>
    /// <exception cref="ClusterException">The API refused or cannot be reached.</exception>
    public async Task<JsonObject?> GetAsync(ObjectReference reference, CancellationToken cancellationToken)
    {
        var (code, body) = await SendAsync(HttpMethod.Get, await PathAsync(reference, cancellationToken), null, null, cancellationToken);
        return code == HttpStatusCode.NotFound ? null : Checked(code, body, $"get {reference}");
    }

    /// <summary>The objects of a kind, in all namespaces, each with its apiVersion and kind.</summary>
    /// <param name="apiVersion">Such as apps/v1.</param>
    /// <param name="kind">Such as Deployment.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <param name="labels">A label selector; null for all.</param>
    /// <param name="namespace">Only in this namespace; null for all.</param>
    /// <exception cref="ClusterException">The API refused or cannot be reached.</exception>
    public async Task<IReadOnlyList<JsonObject>> ListAsync(
        string apiVersion, string kind, CancellationToken cancellationToken, string? labels = null, string? @namespace = null)
    {
        var resource = await ResourceAsync(apiVersion, kind, cancellationToken);
        var path = @namespace is null ? resource.All : resource.In(@namespace);
        var query = labels is null ? "" : $"?labelSelector={Uri.EscapeDataString(labels)}";
        var (code, body) = await SendAsync(HttpMethod.Get, path + query, null, null, cancellationToken);
        var items = (Checked(code, body, $"list {kind}")["items"] as JsonArray ?? []).OfType<JsonObject>().ToList();
        foreach (var item in items)
            (item["apiVersion"], item["kind"]) = (apiVersion, kind);
        return items;
    }

    /// <summary>Server-side apply, as the manager "tandem", which takes over what others have changed.</summary>
    /// <param name="value">The object.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <param name="dryRun">Only says what would come of it.</param>
    /// <returns>The object as it is now, or would be.</returns>
    /// <exception cref="ClusterException">The API refused or cannot be reached.</exception>
    public async Task<JsonObject> ApplyAsync(JsonObject value, CancellationToken cancellationToken, bool dryRun = false)
    {
        var reference = ObjectReference.Of(value);
        var path = await PathAsync(reference, cancellationToken)
            + $"?fieldManager={FieldManager}&force=true&fieldValidation=Strict{(dryRun ? "&dryRun=All" : "")}";
        var (code, body) = await SendAsync(HttpMethod.Patch, path, value.ToJsonString(), "application/apply-patch+yaml", cancellationToken);
        return Checked(code, body, $"apply {reference}");
    }

    /// <summary>Creates an object.</summary>
    /// <exception cref="ClusterException">It exists already (409), the API refused or cannot be reached.</exception>
    public async Task<JsonObject> CreateAsync(JsonObject value, CancellationToken cancellationToken)
    {
        var reference = ObjectReference.Of(value);
        var resource = await ResourceAsync(reference.ApiVersion, reference.Kind, cancellationToken);
        var (code, body) = await SendAsync(HttpMethod.Post, resource.In(reference.Namespace), value.ToJsonString(), "application/json", cancellationToken);
        return Checked(code, body, $"create {reference}");
    }

    /// <summary>Replaces an object; with a resourceVersion, only the one that was read.</summary>
    /// <exception cref="ClusterException">It has changed meanwhile (409), the API refused or cannot be reached.</exception>
    public async Task<JsonObject> ReplaceAsync(JsonObject value, CancellationToken cancellationToken)
    {
        var reference = ObjectReference.Of(value);
        var (code, body) = await SendAsync(
            HttpMethod.Put, await PathAsync(reference, cancellationToken), value.ToJsonString(), "application/json", cancellationToken);
        return Checked(code, body, $"replace {reference}");
    }

    /// <summary>Deletes an object and what it owns.</summary>
    /// <param name="reference">Which.</param>
    /// <param name="uid">Only the one with this uid; null for any.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <param name="graceSeconds">How long a pod may take; null for its own time.</param>
    /// <returns>Whether it was there.</returns>
    /// <exception cref="ClusterException">It is another one by now (409), the API refused or cannot be reached.</exception>
    public async Task<bool> DeleteAsync(ObjectReference reference, string? uid, CancellationToken cancellationToken, int? graceSeconds = null)
    {
        var options = new JsonObject { ["apiVersion"] = "v1", ["kind"] = "DeleteOptions", ["propagationPolicy"] = "Background" };
        if (uid is not null)
            options["preconditions"] = new JsonObject { ["uid"] = uid };
        if (graceSeconds is { } grace)
            options["gracePeriodSeconds"] = grace;
        var path = await PathAsync(reference, cancellationToken);
        var (code, body) = await SendAsync(HttpMethod.Delete, path, options.ToJsonString(), "application/json", cancellationToken);
        if (code == HttpStatusCode.NotFound)
            return false;
        Checked(code, body, $"delete {reference}");
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => Client.Dispose();

    private JsonObject Checked(HttpStatusCode code, JsonObject? body, string what) =>
        (int)code is >= 200 and < 300 && body is not null
            ? body
            : throw new ClusterException($"{Name}: cannot {what}: {(string?)body?["message"] ?? $"HTTP {(int)code}"}", reachable: true, code);

    private async Task<string> PathAsync(ObjectReference reference, CancellationToken cancellationToken) =>
        $"{(await ResourceAsync(reference.ApiVersion, reference.Kind, cancellationToken)).In(reference.Namespace)}/{reference.Name}";

    private async Task<(HttpStatusCode Code, JsonObject? Body)> SendAsync(
        HttpMethod method, string path, string? body, string? type, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(Client.BaseUri, path));
        if (body is not null)
            request.Content = new StringContent(body, new System.Net.Http.Headers.MediaTypeHeaderValue(type!));
        try
        {
            // A token, fixed or from a plugin; client certificates are the connection's own.
            if (Client.Credentials is { } credentials)
                await credentials.ProcessHttpRequestAsync(request, cancellationToken);
            using var answer = await Client.HttpClient.SendAsync(request, HttpCompletionOption.ResponseContentRead, cancellationToken);
            await using var content = await answer.Content.ReadAsStreamAsync(cancellationToken);
            var json = answer.Content.Headers.ContentType?.MediaType == "application/json";
            return (answer.StatusCode, json ? await JsonNode.ParseAsync(content, cancellationToken: cancellationToken) as JsonObject : null);
        }
        catch (HttpRequestException e)
        {
            throw new ClusterException($"{Name}: {Client.BaseUri} cannot be reached: {(e.InnerException ?? e).Message}", reachable: false);
        }
        catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ClusterException($"{Name}: {Client.BaseUri} did not answer in time", reachable: false);
        }
    }
}
