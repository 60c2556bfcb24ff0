using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Tandem.Cloudflare.Model;
using Tandem.LoadBalancer.State;

namespace Tandem.LoadBalancer.Api;

/// <summary>What can be done with the objects of one kind. A change is on disk before it is answered.</summary>
internal sealed class ResourceService<T>(ResourceKind<T> kind, ConfigurationStore store, TimeProvider time)
    where T : class, ICloudflareObject
{
    /// <summary>What a client sends back as it got it, and the server alone decides.</summary>
    private static readonly string[] ReadOnly =
        ["id", "created_on", "modified_on", "disabled_at", "zone_name", "healthy", "failure_reason", "networks"];

    public CloudflareEnvelope<IReadOnlyList<T>> List(HttpRequest request)
    {
        var all = kind.In(store.Current).Values.AsEnumerable();
        if (request.Query["monitor"] is [{ } monitor])
            all = all.Where(value => value is CloudflarePool pool && pool.Monitor == monitor);
        return Paging.Of([.. all.Select(kind.Present)], request);
    }

    public T Get(string id) => kind.Present(Find(store.Current, id));

    public T Create(JsonObject body)
    {
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        return Put(id, _ => body, time.GetUtcNow());
    }

    public T Replace(string id, JsonObject body) => Put(id, _ => body, null);

    public T Patch(string id, JsonObject body) => Put(id, existing => Merge(existing!, body), null);

    public void Delete(string id) => store.Update(configuration =>
    {
        Find(configuration, id);
        return kind.References(id, configuration).Count > 0
            ? throw ApiException.Referenced()
            : kind.With(configuration, kind.In(configuration).Remove(id));
    });

    public IReadOnlyList<CloudflareReference> References(string id)
    {
        var configuration = store.Current;
        Find(configuration, id);
        return kind.References(id, configuration);
    }

    /// <summary>Stores a whole object; <paramref name="created"/> is null where it must exist already.</summary>
    private T Put(string id, Func<T?, JsonObject> body, DateTimeOffset? created)
    {
        T? result = null;
        store.Update(configuration =>
        {
            var existing = created is null ? Find(configuration, id) : null;
            var value = Read(body(existing));
            var errors = new Validation();
            value = WithId(value, id);
            kind.Validate(value, configuration, errors);
            errors.ThrowIfAny();
            result = kind.Complete(value, id, created ?? kind.CreatedOn(existing!)!.Value, time.GetUtcNow());
            return Check(kind.With(configuration, kind.In(configuration).SetItem(id, result)));
        });
        return kind.Present(result!);
    }

    /// <summary>A change must not break what refers to it: a monitor in use must stay one that its pools can use.</summary>
    private static Configuration Check(Configuration next)
    {
        foreach (var pool in next.Pools.Values.Where(p => p.Monitor is { Length: > 0 }))
        {
            if (next.Monitors[pool.Monitor!] is { Type: "tcp", Port: 0 })
                throw new ApiException(400, Validation.Error("/port", $"pool {pool.Name} needs the monitor's port: validation failed"));
        }

        return next;
    }

    private T Find(Configuration configuration, string id) =>
        kind.In(configuration).GetValueOrDefault(id) ?? throw ApiException.NotFound(kind.Name, id);

    private T Read(JsonObject body)
    {
        Strip(body);
        foreach (var origin in (body["origins"] as JsonArray ?? []).OfType<JsonObject>())
            Strip(origin);
        try
        {
            return body.Deserialize(kind.Json)!;
        }
        catch (JsonException e)
        {
            var pointer = (e.Path ?? "$")[1..].Replace('.', '/').Replace("[", "/", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal);
            throw new ApiException(400, Validation.Error(pointer, $"{pointer.Split('/')[^1]} has the wrong type: validation failed"));
        }
    }

    private static void Strip(JsonObject body)
    {
        foreach (var field in ReadOnly)
            body.Remove(field);
    }

    private T WithId(T value, string id) => value switch
    {
        CloudflarePool pool => (T)(object)(pool with { Id = id }),
        CloudflareLoadBalancer balancer => (T)(object)(balancer with { Id = id }),
        CloudflareMonitor monitor => (T)(object)(monitor with { Id = id }),
        _ => throw new InvalidOperationException($"No such kind: {typeof(T)}."),
    };

    private JsonObject Merge(T existing, JsonObject body)
    {
        var merged = JsonSerializer.SerializeToNode(existing, kind.Json)!.AsObject();
        foreach (var (name, value) in body)
        {
            if (value is null)
                merged.Remove(name);
            else
                merged[name] = value.DeepClone();
        }

        return merged;
    }
}

/// <summary>Lists a page at a time.</summary>
internal static class Paging
{
    public static CloudflareEnvelope<IReadOnlyList<TItem>> Of<TItem>(IReadOnlyList<TItem> all, HttpRequest request)
    {
        var errors = new Validation();
        var page = Number(request, "page", 1, int.MaxValue, 1, errors);
        var size = Number(request, "per_page", 1, 1000, 100, errors);
        errors.ThrowIfAny();
        IReadOnlyList<TItem> items = [.. all.Skip((int)Math.Min(int.MaxValue, (page - 1L) * size)).Take(size)];
        return new CloudflareEnvelope<IReadOnlyList<TItem>>
        {
            Success = true,
            Result = items,
            ResultInfo = new CloudflareResultInfo
            {
                Page = page,
                PerPage = size,
                Count = items.Count,
                TotalCount = all.Count,
                TotalPages = (all.Count + size - 1) / size,
            },
        };
    }

    private static int Number(HttpRequest request, string name, int from, int to, int otherwise, Validation errors)
    {
        if (request.Query[name] is not [{ } text])
            return otherwise;
        var valid = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= from && number <= to;
        errors.Require(valid, $"/{name}", $"{name} is not in range [{from}, {to}]: validation failed");
        return number;
    }
}
