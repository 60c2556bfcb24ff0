using System.Text.Json.Nodes;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Tandem.Kubernetes.Api.Content;
using Tandem.Kubernetes.Api.Errors;
using Tandem.Kubernetes.Resources;
using Tandem.Kubernetes.Storage;

namespace Tandem.Kubernetes.Api;

/// <summary>GET of an object or a collection.</summary>
internal sealed class ReadHandler(Registry registry, EtcdStore etcd, WatchCache watchCache, Caches caches, TimeProvider time)
{
    public async Task GetAsync(HttpContext context, ApiRequest request)
    {
        var resource = request.Resource!;
        var found = registry.Get(resource, request.Namespace, request.Name);
        if (MediaType.Negotiate(context.Request) == AnswerForm.Objects)
            await Answer.JsonAsync(context, 200, found.JsonIn(resource));
        else
            await Answer.ObjectAsync(context, 200, resource, found.Parse(resource), [], time);
    }

    public async Task ListAsync(HttpContext context, ApiRequest request)
    {
        var resource = request.Resource!;
        var options = ListOptions.Read(context.Request, resource, watch: false);
        var cache = caches[resource];
        if (options.ResourceVersion > watchCache.Revision)
            throw ApiException.RevisionTooLarge(options.ResourceVersion.Value, watchCache.Revision);

        // A page of a list, or a list at an exact revision, is etcd's to answer; all else comes from memory.
        var token = options.Continue is null ? null : ContinueToken.Parse(options.Continue);
        if (token is not null || (options.Match == "Exact" && options.ResourceVersion is not null))
        {
            await PageAsync(context, resource, request.Namespace, options, token);
            return;
        }

        var revision = watchCache.Revision;
        var all = cache.List(request.Namespace.Length > 0 ? request.Namespace : null);
        var matching = options.HasSelector ? [.. all.Where(options.Matches)] : all;
        var metadata = new JsonObject { ["resourceVersion"] = Text(revision) };
        if (options.Limit > 0 && matching.Count > options.Limit && options.ResourceVersion is not 0)
        {
            matching = [.. matching.Take((int)options.Limit)];
            Continue(metadata, cache, matching[^1], revision, options.HasSelector ? null : all.Count - matching.Count);
        }

        await Answer.ListAsync(context, resource, matching, metadata, time);
    }

    private async Task PageAsync(HttpContext context, Resource resource, string @namespace, ListOptions options, ContinueToken? token)
    {
        var cache = caches[resource];
        var prefix = @namespace.Length > 0 ? $"{cache.Prefix}{@namespace}/" : cache.Prefix;
        var revision = token?.Revision ?? options.ResourceVersion!.Value;
        var start = token is null ? null : cache.Prefix + token.Start + "\0";
        List<StoredObject> found = [];
        long left;
        try
        {
            var answer = await etcd.RangeAsync(prefix, start, Math.Max(0, revision), 0, context.RequestAborted);
            if (revision <= 0)
                revision = answer.Header.Revision;
            var matching = answer.Kvs
                .Select(kv => cache.Decode(JsonNode.Parse(kv.Value.Span)!.AsObject(), kv.ModRevision))
                .Where(options.Matches)
                .ToList();
            found = options.Limit > 0 ? [.. matching.Take((int)options.Limit)] : matching;
            left = matching.Count - found.Count;
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.OutOfRange)
        {
            throw Compacted(token);
        }

        var metadata = new JsonObject { ["resourceVersion"] = Text(revision) };
        if (left > 0)
            Continue(metadata, cache, found[^1], revision, options.HasSelector ? null : left);
        await Answer.ListAsync(context, resource, found, metadata, time);
    }

    /// <summary>Too old: the client may begin anew, or go on from here with what is there now.</summary>
    private static ApiException Compacted(ContinueToken? token) => token is null
        ? ApiException.Expired("The resourceVersion for the provided list is too old.")
        : new ApiException(
            410,
            "Expired",
            "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.")
        {
            Continue = new ContinueToken(-1, token.Start).ToString(),
        };

    private static void Continue(JsonObject metadata, ResourceCache cache, StoredObject last, long revision, long? remaining)
    {
        metadata["continue"] = new ContinueToken(revision, cache.KeyOf(last.Namespace, last.Name)[cache.Prefix.Length..]).ToString();
        if (remaining is not null)
            metadata["remainingItemCount"] = remaining;
    }

    private static string Text(long number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
