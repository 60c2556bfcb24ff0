using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Tandem.Cloudflare.Model;
using Tandem.LoadBalancer.State;

namespace Tandem.LoadBalancer.Api;

/// <summary>What can be done with the objects of one kind. A change is on disk before it is answered.</summary>
internal sealed class ResourceService<T>(ResourceKind<T> kind, ConfigurationStore store, LoadBalancerOptions options)
    where T : class, ICloudflareObject
{
    /// <summary>A page of them, in the order of their identifiers unless another is given.</summary>
    public CloudflareEnvelope<IReadOnlyList<T>> List(HttpRequest request, Func<T, string?>? order = null)
    {
        var all = kind.In(store.Current).Values.AsEnumerable();
        if (request.Query["monitor"] is [{ } monitor])
            all = all.Where(value => value is CloudflarePool pool && pool.Monitor == monitor);
        return Paging.Of([.. (order is null ? all : all.OrderBy(order, StringComparer.Ordinal)).Select(kind.Present)], request);
    }

    public T Get(string id) => kind.Present(Find(store.Current, id));

    public T Create(JsonObject body)
    {
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        return Put(id, _ => body, options.TimeProvider.GetUtcNow());
    }

    public T Replace(string id, JsonObject body) => Put(id, _ => body, null);

    public T Patch(string id, JsonObject body) => Put(id, existing => RequestBody.Merge(existing!, body, kind.Json), null);

    public void Delete(string id) => store.Update(configuration =>
    {
        Find(configuration, id);
        return Api.References.To(kind.Type, id, configuration).Count > 0
            ? throw ApiException.Referenced()
            : kind.With(configuration, kind.In(configuration).Remove(id));
    });

    public IReadOnlyList<CloudflareReference> References(string id)
    {
        var configuration = store.Current;
        Find(configuration, id);
        return Api.References.To(kind.Type, id, configuration);
    }

    /// <summary>Stores a whole object; <paramref name="created"/> is null where it must exist already.</summary>
    private T Put(string id, Func<T?, JsonObject> body, DateTimeOffset? created)
    {
        T? result = null;
        store.Update(configuration =>
        {
            var existing = created is null ? Find(configuration, id) : null;
            var value = kind.WithId(RequestBody.Parse(body(existing), kind.Json), id);
            var errors = new Validation();
            kind.Validate(value, configuration, errors);
            var limit = kind.Limit(options.Quotas);
            errors.Require(
                existing is not null || kind.In(configuration).Count < limit, "", $"the quota of {limit} {kind.Name}s is used up: validation failed");
            errors.ThrowIfAny();
            result = kind.Complete(value, id, created ?? kind.CreatedOn(existing!)!.Value, options.TimeProvider.GetUtcNow());
            return kind.With(configuration, kind.In(configuration).SetItem(id, result));
        });
        return kind.Present(result!);
    }

    private T Find(Configuration configuration, string id) =>
        kind.In(configuration).GetValueOrDefault(id) ?? throw ApiException.NotFound(kind.Name, id);
}
