using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using Tandem.Kubernetes.Api.Content;
using Tandem.Kubernetes.Api.Errors;
using Tandem.Kubernetes.Resources;
using Tandem.Kubernetes.Storage;

namespace Tandem.Kubernetes.Api;

/// <summary>GET with watch=true: changes as they happen, one JSON object a line.</summary>
internal sealed class WatchHandler(WatchCache watchCache, Caches caches, TimeProvider time)
{
    /// <summary>How often a client that asked for bookmarks learns how far it has seen.</summary>
    private static readonly TimeSpan BookmarkInterval = TimeSpan.FromSeconds(60);

    /// <summary>As kube-apiserver's --min-request-timeout: between this and its double.</summary>
    private const int DefaultTimeoutSeconds = 1800;

    public async Task WatchAsync(HttpContext context, ApiRequest request)
    {
        var resource = request.Resource!;
        var options = ListOptions.Read(context.Request, resource, watch: true);
        if (options.ResourceVersion > watchCache.Revision)
            throw ApiException.RevisionTooLarge(options.ResourceVersion.Value, watchCache.Revision);
        var form = MediaType.Negotiate(context.Request);

        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        end.CancelAfter(options.Timeout ?? TimeSpan.FromSeconds(DefaultTimeoutSeconds + Random.Shared.Next(DefaultTimeoutSeconds)));

        context.Response.ContentType = "application/json";
        context.Response.Headers.CacheControl = "no-cache, private";
        try
        {
            // Without this flush `kubectl wait` and `rollout status` would hang until the first change.
            await context.Response.StartAsync(end.Token);
            await context.Response.Body.FlushAsync(end.Token);
            await StreamAsync(context.Response.Body, resource, request, options, new Encoder(resource, form, Answer.IncludeObject(context), time), end.Token);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The client has gone, or the watch is over: it ends without an error.
        }
    }

    private async Task StreamAsync(
        Stream to, Resource resource, ApiRequest request, ListOptions options, Encoder encoder, CancellationToken cancellationToken)
    {
        var @namespace = request.Namespace.Length > 0 ? request.Namespace : null;
        var fromNow = options.SendInitialEvents || options.ResourceVersion is null or 0;
        Watcher watcher;
        IReadOnlyList<StoredObject> initial;
        var revision = watchCache.Revision;
        try
        {
            watcher = caches[resource].Watch(@namespace, fromNow ? null : options.ResourceVersion, out initial);
        }
        catch (RevisionCompactedException e)
        {
            await TooOldAsync(to, options.ResourceVersion ?? 0, e.Oldest, cancellationToken);
            return;
        }

        using (watcher)
        {
            foreach (var value in initial.Where(o => Matches(o, options, request)))
                await to.WriteAsync(encoder.Encode("ADDED", value), cancellationToken);
            if (options.SendInitialEvents && options.AllowBookmarks)
                await to.WriteAsync(encoder.Bookmark(Math.Max(revision, initial.Select(o => o.Revision).DefaultIfEmpty().Max()), initialEventsEnd: true), cancellationToken);
            await to.FlushAsync(cancellationToken);
            await FollowAsync(to, watcher, request, options, encoder, cancellationToken);
        }
    }

    private async Task FollowAsync(
        Stream to, Watcher watcher, ApiRequest request, ListOptions options, Encoder encoder, CancellationToken cancellationToken)
    {
        var changes = watcher.Changes;
        Func<StoredObject, bool> matches = o => Matches(o, options, request);
        if (!options.AllowBookmarks)
        {
            await FollowWithoutBookmarksAsync(to, changes, matches, encoder, cancellationToken);
            return;
        }

        using var bookmarks = new PeriodicTimer(BookmarkInterval, time);
        var tick = bookmarks.WaitForNextTickAsync(cancellationToken).AsTask();
        try
        {
            while (true)
            {
                var ready = changes.WaitToReadAsync(cancellationToken).AsTask();
                while (await Task.WhenAny(ready, tick) == tick)
                {
                    await tick;

                    // Everything up to here is either sent or not for this client.
                    if (watchCache.Revision is var seen && changes.Count == 0)
                        await to.WriteAsync(encoder.Bookmark(seen, initialEventsEnd: false), cancellationToken);
                    await to.FlushAsync(cancellationToken);
                    tick = bookmarks.WaitForNextTickAsync(cancellationToken).AsTask();
                }

                if (!await ready)
                    return;
                await SendAsync(to, changes, matches, encoder, cancellationToken);
            }
        }
        catch (RevisionCompactedException e)
        {
            await TooOldAsync(to, e.Oldest, e.Oldest, cancellationToken);
        }
    }

    /// <summary>With nothing else to wait for, nothing is made a round.</summary>
    private static async Task FollowWithoutBookmarksAsync(
        Stream to, ChannelReader<WatchEvent> changes, Func<StoredObject, bool> matches, Encoder encoder, CancellationToken cancellationToken)
    {
        try
        {
            while (await changes.WaitToReadAsync(cancellationToken))
                await SendAsync(to, changes, matches, encoder, cancellationToken);
        }
        catch (RevisionCompactedException e)
        {
            await TooOldAsync(to, e.Oldest, e.Oldest, cancellationToken);
        }
    }

    private static async Task SendAsync(
        Stream to, ChannelReader<WatchEvent> changes, Func<StoredObject, bool> matches, Encoder encoder, CancellationToken cancellationToken)
    {
        while (changes.TryRead(out var change))
            if (encoder.Encode(change, matches) is { } line)
                await to.WriteAsync(line, cancellationToken);
        await to.FlushAsync(cancellationToken);
    }

    private static bool Matches(StoredObject value, ListOptions options, ApiRequest request) =>
        (request.Name.Length == 0 || value.Name == request.Name) && options.Matches(value);

    private static async Task TooOldAsync(Stream to, long wanted, long oldest, CancellationToken cancellationToken)
    {
        var error = new JsonObject { ["type"] = "ERROR", ["object"] = ApiException.Expired($"too old resource version: {wanted} ({oldest})").ToStatus() };
        await to.WriteAsync(Encoding.UTF8.GetBytes(error.ToJsonString() + "\n"), cancellationToken);
        await to.FlushAsync(cancellationToken);
    }

    /// <summary>Lines in the form the client asked for.</summary>
    private sealed class Encoder(Resource resource, AnswerForm form, string includeObject, TimeProvider time)
    {
        private bool _columnsSent;

        /// <summary>The line for a change, or null where the selector hides it.</summary>
        public byte[]? Encode(WatchEvent change, Func<StoredObject, bool> matches)
        {
            var isIn = change.Kind != ChangeKind.Deleted && matches(change.Object);
            var wasIn = change.Previous is not null && matches(change.Previous);
            var stays = change.Kind switch { ChangeKind.Added => isIn, ChangeKind.Modified => wasIn && isIn, _ => wasIn };
            if (stays && form == AnswerForm.Objects && resource.Storage == resource)
                return change.Line;
            return (wasIn, isIn) switch
            {
                (false, true) => Encode("ADDED", change.Object),
                (true, true) => Encode("MODIFIED", change.Object),
                // Leaving the selector shows the old object at the new revision.
                (true, false) => Encode("DELETED", change.Kind == ChangeKind.Deleted ? change.Object : change.Previous!.At(change.Revision)),
                _ => null,
            };
        }

        public byte[] Encode(string type, StoredObject value)
        {
            if (form == AnswerForm.Objects)
                return WatchEvent.LineOf(type, value.JsonIn(resource));
            return WatchEvent.LineOf(type, Utf8Json.Write(form == AnswerForm.Metadata ? Tables.Metadata(value.Parse(resource)) : Table(value.Parse(resource), value.Revision)));
        }

        public byte[] Bookmark(long revision, bool initialEventsEnd)
        {
            var metadata = new JsonObject { ["resourceVersion"] = revision.ToString(CultureInfo.InvariantCulture), ["creationTimestamp"] = null };
            if (initialEventsEnd)
                metadata["annotations"] = new JsonObject { ["k8s.io/initial-events-end"] = "true" };
            var value = new JsonObject { ["kind"] = resource.Kind, ["apiVersion"] = resource.ApiVersion, ["metadata"] = metadata };
            return WatchEvent.LineOf("BOOKMARK", Utf8Json.Write(form switch
            {
                AnswerForm.Metadata => Tables.Metadata(value),
                AnswerForm.Table => Table(value, revision),
                _ => value,
            }));
        }

        private JsonObject Table(JsonObject value, long revision)
        {
            var table = Tables.Of(resource, [value], revision.ToString(CultureInfo.InvariantCulture), includeObject, time, !_columnsSent);
            _columnsSent = true;
            return table;
        }
    }
}
