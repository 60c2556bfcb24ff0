using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Tandem.Kubernetes.Api.Audit;
using Tandem.Kubernetes.Api.Authentication;
using Tandem.Kubernetes.Api.Authorization;
using Tandem.Kubernetes.Api.Content;
using Tandem.Kubernetes.Api.Errors;
using Tandem.Kubernetes.Api.Metrics;
using Tandem.Kubernetes.Api.OpenApi;
using Tandem.Kubernetes.Api.Reviews;
using Tandem.Kubernetes.Resources;
using Tandem.Kubernetes.Resources.Core;
using Tandem.Kubernetes.Resources.Metrics;
using Tandem.Kubernetes.Storage;

namespace Tandem.Kubernetes.Api;

/// <summary>Every request comes in here: who, may they, what, and the Status of whatever goes wrong.</summary>
internal sealed class ApiDispatcher(
    Authenticator authenticator,
    Impersonation impersonation,
    RbacAuthorizer authorizer,
    ReviewHandler reviews,
    MetricsHandler metrics,
    AuditLog audit,
    ReadHandler read,
    WatchHandler watch,
    WriteHandler write,
    SubresourceHandler subresources,
    WatchCache watchCache,
    Bootstrap bootstrap,
    ServedResources served,
    Discovery discovery,
    OpenApiDocuments openApi,
    TimeProvider time,
    ILogger<ApiDispatcher> log)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var record = new AuditRecord(time.GetUtcNow());
        context.Features.Set(record);
        context.Response.Headers["Audit-Id"] = record.Id;
        await AnswerAsync(context);
        await audit.WriteAsync(context, record);
    }

    private async Task AnswerAsync(HttpContext context)
    {
        try
        {
            await DispatchAsync(context);
        }
        catch (ApiException e)
        {
            await RefuseAsync(context, e);
        }
        catch (RpcException e)
        {
            log.EtcdFailed(context.Request.Path, e);
            await RefuseAsync(context, e.StatusCode == StatusCode.DeadlineExceeded
                ? new ApiException(504, "Timeout", "etcdserver: request timed out") { RetryAfterSeconds = 1 }
                : new ApiException(503, "ServiceUnavailable", "etcd is not available; try again") { RetryAfterSeconds = 1 });
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has gone.
        }
        catch (Exception e)
        {
            log.Failed(context.Request.Method, context.Request.Path, e);
            await RefuseAsync(context, new ApiException(500, "InternalError", $"Internal error occurred: {e.Message}"));
        }
    }

    private async Task DispatchAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        if (path is "/healthz" or "/livez" or "/readyz")
        {
            // Ready once a client finds what every cluster begins with: its namespaces, roles and the Service "kubernetes".
            var ready = path == "/livez" || bootstrap.Done.IsCompletedSuccessfully;
            await Answer.TextAsync(context, ready ? 200 : 500, ready ? "ok" : "the cluster's first objects are not there yet");
            return;
        }

        // Authentication by token and authorization both read the caches.
        if (!watchCache.Ready.IsCompletedSuccessfully)
            throw new ApiException(503, "ServiceUnavailable", "the server is starting") { RetryAfterSeconds = 1 };

        var record = context.Features.Get<AuditRecord>()!;
        var sender = record.User = await authenticator.AuthenticateAsync(context);
        var user = impersonation.Apply(context.Request, sender);
        if (user != sender)
            record.ImpersonatedUser = user;
        if (path == "/version")
        {
            await Answer.JsonAsync(context, 200, ServerVersion.ToJson());
            return;
        }

        if (ApiRequest.Parse(context.Request, served) is { } request)
        {
            record.Request = request;
            await ResourceAsync(context, request, user);
        }
        else
        {
            await DocumentAsync(context, path, user);
        }
    }

    private async Task ResourceAsync(HttpContext context, ApiRequest request, UserInfo user)
    {
        if (!served.HasGroupVersion(request.Group, request.Version))
        {
            await Answer.TextAsync(context, 404, "404 page not found\n");
            return;
        }

        authorizer.Check(user, AuthorizationAttributes.Of(request));
        if (request.Resource is not { } resource || (!resource.IsNamespaced && request.Namespace.Length > 0))
            throw NotServed();
        if (request.Subresource.Length > 0 && SubresourceHandler.Of(resource).All(s => s.Name != request.Subresource))
            throw NotServed();
        if (HttpMethods.IsHead(context.Request.Method) || HttpMethods.IsOptions(context.Request.Method) || request.Verb.Length == 0)
            throw ApiException.MethodNotAllowed();
        if (resource.IsNamespaced && request.Namespace.Length == 0 && request.Verb is not ("list" or "watch"))
            throw ApiException.MethodNotAllowed();

        await (request switch
        {
            { Resource: ReviewResource, Subresource: "", Verb: "create", Name: "" } => ReviewAsync(context, request, user),
            { Resource: MetricsResource, Subresource: "", Verb: "get" or "list" } => metrics.HandleAsync(context, request),
            { Resource.IsStored: false } => throw ApiException.MethodNotAllowed(),
            { Subresource: "" or "status" or EphemeralContainers.Name, Verb: "get" } => read.GetAsync(context, request),
            { Subresource: "", Verb: "list" } => read.ListAsync(context, request),
            { Subresource: "", Verb: "watch" } => watch.WatchAsync(context, request),
            { Subresource: "", Verb: "create", Name: "" } => write.CreateAsync(context, request, user),
            { Subresource: "" or "status" or EphemeralContainers.Name, Verb: "update", Name.Length: > 0 } => write.UpdateAsync(context, request, user),
            { Subresource: "" or "status" or EphemeralContainers.Name, Verb: "patch", Name.Length: > 0 } => write.PatchAsync(context, request, user),
            { Subresource: "", Verb: "delete" } => write.DeleteAsync(context, request, user),
            { Subresource: "", Verb: "deletecollection" } when resource.Verbs.Contains("deletecollection") => write.DeleteCollectionAsync(context, request, user),
            { Subresource.Length: > 0 } => subresources.HandleAsync(context, request, user),
            _ => throw ApiException.MethodNotAllowed(),
        });
    }

    private async Task ReviewAsync(HttpContext context, ApiRequest request, UserInfo user)
    {
        var body = await RequestBody.ReadObjectAsync(context.Request, request.Resource!.Kind);
        await Answer.JsonAsync(context, 201, await reviews.AnswerAsync(request.Resource, body, request.Namespace, user));
    }

    private async Task DocumentAsync(HttpContext context, string path, UserInfo user)
    {
        authorizer.Check(user, AuthorizationAttributes.OfPath(context.Request.Method.ToLowerInvariant(), path));
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        switch (parts)
        {
            case ["api"]:
                await discovery.CoreAsync(context);
                break;
            case ["apis"]:
                await discovery.GroupsAsync(context);
                break;
            case ["api", var version] when discovery.ResourcesOf("", version) is { } core:
                await Answer.JsonAsync(context, 200, core);
                break;
            case ["apis", var group] when discovery.GroupOf(group) is { } found:
                await Answer.JsonAsync(context, 200, found);
                break;
            case ["apis", var group, var version] when discovery.ResourcesOf(group, version) is { } resources:
                await Answer.JsonAsync(context, 200, resources);
                break;
            case ["openapi", "v2"]:
                await openApi.V2Async(context);
                break;
            case ["openapi", "v3"]:
                await openApi.IndexAsync(context);
                break;
            case ["openapi", "v3", .. var rest] when openApi.Has(string.Join('/', rest)):
                await openApi.V3Async(context, string.Join('/', rest));
                break;
            default:
                await Answer.TextAsync(context, 404, "404 page not found\n");
                break;
        }
    }

    private async Task RefuseAsync(HttpContext context, ApiException refusal)
    {
        if (context.Response.HasStarted)
        {
            // Half an answer cannot be taken back; the client must see that it is broken.
            log.Broken(context.Request.Path, refusal);
            context.Abort();
            return;
        }

        var auditId = context.Response.Headers["Audit-Id"];
        context.Response.Clear();
        context.Response.Headers["Audit-Id"] = auditId;
        await Answer.StatusAsync(context, refusal);
    }

    private static ApiException NotServed() =>
        new(404, "NotFound", "the server could not find the requested resource", []);
}

internal static partial class ApiDispatcherLog
{
    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed")]
    public static partial void Failed(this ILogger<ApiDispatcher> log, string method, string path, Exception reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Path}: etcd did not answer")]
    public static partial void EtcdFailed(this ILogger<ApiDispatcher> log, string path, Exception reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Path}: the answer was cut off")]
    public static partial void Broken(this ILogger<ApiDispatcher> log, string path, Exception reason);
}
