using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Tandem.Kubernetes.Api.Authentication;
using Tandem.Kubernetes.Api.Content;
using Tandem.Kubernetes.Api.Errors;
using Tandem.Kubernetes.Api.Evictions;
using Tandem.Kubernetes.Api.Streams;
using Tandem.Kubernetes.Resources;

namespace Tandem.Kubernetes.Api;

/// <summary>The subresources that are more than a view of the object: scale, binding, eviction, token, finalize, log, streams.</summary>
internal sealed class SubresourceHandler(
    Registry registry, ServiceAccountTokens tokens, IPodLogs logs, INodeEndpoints nodes, PodStreamHandler streams, EvictionHandler evictions, TimeProvider time)
{
    private static readonly Subresource Scale = new("scale", "Scale", ["get", "patch", "update"], "autoscaling", "v1");

    /// <summary>The subresources of a kind, for discovery too.</summary>
    public static IEnumerable<Subresource> Of(Resource resource)
    {
        if (resource.HasStatus)
            yield return new Subresource("status", resource.Kind, ["get", "patch", "update"]);
        if (resource.Scale is not null)
            yield return Scale;
        foreach (var other in resource.Subresources)
            yield return other;
    }

    public Task HandleAsync(HttpContext context, ApiRequest request, UserInfo user) => (request.Subresource, request.Verb) switch
    {
        ("scale", "get") => ScaleAsync(context, request, null, user),
        ("scale", "update") => ReplaceScaleAsync(context, request, user),
        ("scale", "patch") => PatchScaleAsync(context, request, user),
        ("binding", "create") => BindAsync(context, request, user),
        ("eviction", "create") => evictions.EvictAsync(context, request, user),
        ("token", "create") => TokenAsync(context, request),
        ("finalize", "update") => FinalizeAsync(context, request, user),
        ("log", "get") => logs.WriteAsync(context, registry.Get(request.Resource!, request.Namespace, request.Name).Parse()),
        ("proxy", "get") => nodes.WriteAsync(context, registry.Get(request.Resource!, "", request.Name).Parse().Text("metadata", "name")!, request.ProxyPath),
        ("exec" or "attach" or "portforward", "get" or "create") => streams.HandleAsync(context, request, user),
        _ => throw ApiException.MethodNotAllowed(),
    };

    private async Task ReplaceScaleAsync(HttpContext context, ApiRequest request, UserInfo user)
    {
        var body = await RequestBody.ReadObjectAsync(context.Request, "Scale");
        await ScaleAsync(context, request, _ => body, user);
    }

    private async Task PatchScaleAsync(HttpContext context, ApiRequest request, UserInfo user)
    {
        var type = MediaType.Of(context.Request);
        var patch = await RequestBody.ReadPatchAsync(context.Request, yaml: type == "application/apply-patch+yaml");
        await ScaleAsync(
            context,
            request,
            scale => patch switch
            {
                JsonArray steps when type == "application/json-patch+json" => Patch.JsonPatch.Apply(scale, steps),
                JsonObject o => Patch.JsonMergePatch.Apply(scale, o),
                _ => throw ApiException.BadRequest("error decoding patch"),
            },
            user);
    }

    private async Task ScaleAsync(HttpContext context, ApiRequest request, Func<JsonObject, JsonObject>? change, UserInfo user)
    {
        var resource = request.Resource!;
        if (change is null)
        {
            await Answer.JsonAsync(context, 200, ScaleOf(registry.Get(resource, request.Namespace, request.Name).Parse(resource), resource.Scale!));
            return;
        }

        var updated = await registry.UpdateAsync(
            resource,
            request.Namespace,
            request.Name,
            "scale",
            live =>
            {
                var wanted = change(ScaleOf(live, resource.Scale!));
                if (wanted.Text("metadata", "resourceVersion") is { Length: > 0 } version && version != live.Text("metadata", "resourceVersion"))
                    throw ApiException.Modified(resource.Plural, request.Name, resource.Group);
                live.Put(wanted.Number("spec", "replicas") ?? 0, resource.Scale!.SpecReplicas);
                return live;
            },
            WriteOptions.Read(context.Request, user),
            context.RequestAborted);
        await Answer.JsonAsync(context, 200, ScaleOf(updated, resource.Scale!));
    }

    private static JsonObject ScaleOf(JsonObject value, ScalePaths paths) => new()
    {
        ["kind"] = "Scale",
        ["apiVersion"] = "autoscaling/v1",
        ["metadata"] = new JsonObject
        {
            ["name"] = value.Text("metadata", "name"),
            ["namespace"] = value.Text("metadata", "namespace"),
            ["uid"] = value.Text("metadata", "uid"),
            ["resourceVersion"] = value.Text("metadata", "resourceVersion"),
            ["creationTimestamp"] = value.Text("metadata", "creationTimestamp"),
        },
        ["spec"] = new JsonObject { ["replicas"] = value.Number(paths.SpecReplicas) ?? 0 },
        ["status"] = new JsonObject
        {
            ["replicas"] = value.Number(paths.StatusReplicas) ?? 0,
            ["selector"] = paths.Selector is null ? null : value.At(paths.Selector) switch
            {
                JsonObject selector => LabelSelector.FromObject(selector).ToString(),
                { } text => text.ToString(),
                null => null,
            },
        }.WithoutNulls(),
    };

    private async Task BindAsync(HttpContext context, ApiRequest request, UserInfo user)
    {
        var binding = await RequestBody.ReadObjectAsync(context.Request, "Binding");
        var node = binding.Text("target", "name") ?? throw ApiException.BadRequest("target.name is required");
        await registry.UpdateAsync(
            request.Resource!,
            request.Namespace,
            request.Name,
            "binding",
            pod =>
            {
                if (pod.Text("spec", "nodeName") is { Length: > 0 } taken)
                    throw ApiException.Conflict("pods/binding", request.Name, $"pod {request.Name} is already assigned to node \"{taken}\"");
                if (pod.Text("metadata", "deletionTimestamp") is not null)
                    throw ApiException.Conflict("pods/binding", request.Name, $"pod {request.Name} is being deleted, cannot be assigned to a host");
                pod["spec"]!["nodeName"] = node;
                var status = pod.Ensure("status");
                if (status["conditions"] is not JsonArray conditions)
                    status["conditions"] = conditions = [];
                foreach (var old in conditions.OfType<JsonObject>().Where(c => c.Text("type") == "PodScheduled").ToList())
                    conditions.Remove(old);
                conditions.Add(new JsonObject
                {
                    ["type"] = "PodScheduled", ["status"] = "True", ["lastProbeTime"] = null, ["lastTransitionTime"] = registry.Now,
                });
                return pod;
            },
            WriteOptions.Read(context.Request, user),
            context.RequestAborted);
        await Answer.CreatedAsync(context);
    }

    private async Task TokenAsync(HttpContext context, ApiRequest request)
    {
        var account = registry.Get(request.Resource!, request.Namespace, request.Name).Parse();
        var body = await RequestBody.ReadObjectAsync(context.Request, "TokenRequest");
        JsonObject? pod = null;
        if (body.Text("spec", "boundObjectRef", "kind") == "Pod")
        {
            pod = registry.Get(ResourceCatalog.ByPlural("pods"), request.Namespace, body.Text("spec", "boundObjectRef", "name") ?? "").Parse();
            if (body.Text("spec", "boundObjectRef", "uid") is { Length: > 0 } uid && uid != pod.Text("metadata", "uid"))
                throw ApiException.Conflict("pods", pod.Text("metadata", "name")!, "the UID in the bound object reference does not match the pod's");
        }

        var (token, expires) = tokens.Issue(account, pod, [.. body.Texts("spec", "audiences")], body.Number("spec", "expirationSeconds"));
        body["kind"] = "TokenRequest";
        body["apiVersion"] = "authentication.k8s.io/v1";
        body["status"] = new JsonObject { ["token"] = token, ["expirationTimestamp"] = WallClock.Text(expires) };
        await Answer.JsonAsync(context, 201, body);
    }

    private async Task FinalizeAsync(HttpContext context, ApiRequest request, UserInfo user)
    {
        var body = await RequestBody.ReadObjectAsync(context.Request, request.Resource!.Kind);
        var finalizers = body.At("spec", "finalizers")?.DeepClone() ?? new JsonArray();
        var updated = await registry.UpdateAsync(
            request.Resource!,
            request.Namespace,
            request.Name,
            "finalize",
            live =>
            {
                live.Ensure("spec")["finalizers"] = finalizers.DeepClone();
                return live;
            },
            WriteOptions.Read(context.Request, user),
            context.RequestAborted);
        await Answer.ObjectAsync(context, 200, request.Resource!, updated, [], time);
    }
}
