using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Tandem.Kubernetes.Api.Apply;
using Tandem.Kubernetes.Api.Authentication;
using Tandem.Kubernetes.Api.Authorization;
using Tandem.Kubernetes.Api.Content;
using Tandem.Kubernetes.Api.Errors;
using Tandem.Kubernetes.Api.Patch;
using Tandem.Kubernetes.Resources;
using Tandem.Kubernetes.Resources.Schemas;
using Tandem.Kubernetes.Storage;

namespace Tandem.Kubernetes.Api;

/// <summary>POST, PUT, PATCH and DELETE of objects, and of their status.</summary>
internal sealed class WriteHandler(Registry registry, Caches caches, RbacAuthorizer authorizer, TimeProvider time)
{
    private const string JsonPatchType = "application/json-patch+json";
    private const string MergePatchType = "application/merge-patch+json";
    private const string StrategicType = "application/strategic-merge-patch+json";
    private const string ApplyType = "application/apply-patch+yaml";

    public async Task CreateAsync(HttpContext context, ApiRequest request, UserInfo user)
    {
        var resource = request.Resource!;
        var options = WriteOptions.Read(context.Request, user);
        var value = await DecodeAsync(context.Request, resource, options);
        CheckNamespace(value, request, resource);
        var created = await registry.CreateAsync(resource, request.Namespace, value, options, context.RequestAborted);
        await Answer.ObjectAsync(context, 201, resource, created, options.Warnings, time);
    }

    public async Task UpdateAsync(HttpContext context, ApiRequest request, UserInfo user)
    {
        var resource = request.Resource!;
        var options = WriteOptions.Read(context.Request, user);
        var value = await DecodeAsync(context.Request, resource, options);
        CheckNamespace(value, request, resource);
        CheckName(value, request);
        if (!resource.AllowsUnconditionalUpdate && value.Text("metadata", "resourceVersion") is null or "" or "0")
            throw ApiException.Invalid(
                resource.Group, resource.IsCustom ? resource.Plural : resource.Kind, request.Name,
                [new FieldError("FieldValueInvalid", "metadata.resourceVersion", "Invalid value: 0: must be specified for an update")]);
        if (resource.CreatesOnUpdate && request.Subresource.Length == 0 && caches[resource].Get(request.Namespace, request.Name) is null)
        {
            authorizer.Check(user, AuthorizationAttributes.Of(request with { Verb = "create" }));
            var created = await registry.CreateAsync(resource, request.Namespace, value, options, context.RequestAborted);
            await Answer.ObjectAsync(context, 201, resource, created, options.Warnings, time);
            return;
        }

        var updated = await registry.UpdateAsync(
            resource, request.Namespace, request.Name, request.Subresource, _ => value.Copy(), options, context.RequestAborted);
        await Answer.ObjectAsync(context, 200, resource, updated, options.Warnings, time);
    }

    public async Task PatchAsync(HttpContext context, ApiRequest request, UserInfo user)
    {
        var resource = request.Resource!;
        var options = WriteOptions.Read(context.Request, user);
        var type = MediaType.Of(context.Request);
        if (type == ApplyType)
        {
            await ApplyAsync(context, request, resource, options);
            return;
        }

        if (options.Force is not null)
            throw PatchOptions("force", "FieldValueForbidden", "Forbidden: may not be specified for non-apply patch");
        if (resource.IsCustom && type is not (JsonPatchType or MergePatchType))
            throw ApiException.UnsupportedMediaType(JsonPatchType, MergePatchType, ApplyType);
        if (type is not (JsonPatchType or MergePatchType or StrategicType))
            throw ApiException.UnsupportedMediaType(JsonPatchType, MergePatchType, StrategicType, ApplyType);
        List<string> duplicates = [];
        var patch = await RequestBody.ReadPatchAsync(context.Request, yaml: false, duplicates);
        var updated = await registry.UpdateAsync(
            resource, request.Namespace, request.Name, request.Subresource, live => Patched(live, patch, duplicates, type, resource, options), options, context.RequestAborted);
        await Answer.ObjectAsync(context, 200, resource, updated, options.Warnings, time);
    }

    public async Task DeleteAsync(HttpContext context, ApiRequest request, UserInfo user)
    {
        var resource = request.Resource!;
        var options = WriteOptions.Read(context.Request, user);
        var delete = DeleteOptions.Read(await RequestBody.ReadOptionalAsync(context.Request, "DeleteOptions"), context.Request);
        var (remaining, last) = await registry.DeleteAsync(resource, request.Namespace, request.Name, delete, options, context.RequestAborted);
        if (remaining is not null || resource.Kind == "Pod")
            await Answer.ObjectAsync(context, 200, resource, remaining ?? last, options.Warnings, time);
        else
            await Answer.SuccessAsync(context, resource, last);
    }

    public async Task DeleteCollectionAsync(HttpContext context, ApiRequest request, UserInfo user)
    {
        var resource = request.Resource!;
        var options = WriteOptions.Read(context.Request, user);
        var delete = DeleteOptions.Read(await RequestBody.ReadOptionalAsync(context.Request, "DeleteOptions"), context.Request);
        var list = ListOptions.Read(context.Request, resource, watch: false);
        var matching = caches[resource].List(request.Namespace.Length > 0 ? request.Namespace : null).Where(list.Matches).ToList();
        foreach (var value in matching)
        {
            try
            {
                await registry.DeleteAsync(resource, value.Namespace, value.Name, delete, options, context.RequestAborted);
            }
            catch (ApiException e) when (e.Reason == "NotFound")
            {
                // Deleted by somebody else in the meantime, which is what was wanted.
            }
        }

        await Answer.ListAsync(context, resource, matching, [], time);
    }

    private async Task ApplyAsync(HttpContext context, ApiRequest request, Resource resource, WriteOptions options)
    {
        if (!context.Request.Query.ContainsKey("fieldManager"))
            throw PatchOptions("fieldManager", "FieldValueRequired", "Required value: is required for apply patch");
        var patch = await RequestBody.ReadPatchAsync(context.Request, yaml: true) as JsonObject ?? throw ApiException.BadRequest("expected an object");
        if (patch.At("metadata", "managedFields") is not null)
            throw ApiException.BadRequest("metadata.managedFields must be nil");
        if (patch.Text("apiVersion") != resource.ApiVersion || patch.Text("kind") != resource.Kind)
            throw ApiException.BadRequest($"invalid object type: {GroupVersion(patch.Text("apiVersion"))}, Kind={patch.Text("kind")}");
        CheckName(patch, request);
        CheckNamespace(patch, request, resource);

        var manager = new Manager(options.FieldManager, Manager.Apply, resource.ApiVersion, request.Subresource);
        var exists = caches[resource].Get(request.Namespace, request.Name) is not null;
        try
        {
            if (!exists && request.Subresource.Length > 0)
                throw ApiException.NotFound(resource.Plural, request.Name, resource.Group);
            if (exists)
            {
                var updated = await registry.UpdateAsync(
                    resource, request.Namespace, request.Name, request.Subresource, live => Applied(live, patch, resource, manager, options), options, context.RequestAborted, applied: true);
                await Answer.ObjectAsync(context, 200, resource, updated, options.Warnings, time);
                return;
            }

            if (patch.Text("metadata", "uid") is { Length: > 0 } uid)
                throw ApiException.Conflict(resource.Plural, request.Name, $"uid mismatch: the provided object specified uid {uid}, and no existing object was found", resource.Group);
            authorizer.Check(options.User, AuthorizationAttributes.Of(request with { Verb = "create" }));
            var value = Applied([], patch, resource, manager, options);
            value.Ensure("metadata")["name"] = request.Name;
            var created = await registry.CreateAsync(resource, request.Namespace, value, options, context.RequestAborted, applied: true);
            await Answer.ObjectAsync(context, 201, resource, created, options.Warnings, time);
        }
        catch (TypedPatchException e)
        {
            throw new ApiException(500, null, $"failed to create typed patch object ({patch.Text("metadata", "namespace")}/{request.Name}; {GroupVersion(resource.ApiVersion)}, Kind={resource.Kind}): {e.Message}");
        }
    }

    private JsonObject Applied(JsonObject live, JsonObject patch, Resource resource, Manager manager, WriteOptions options)
    {
        var wanted = patch.Copy();
        CheckTypes(wanted.Copy(), resource);
        resource.DefaultApplied(wanted);
        var result = ServerSideApply.Apply(live, wanted, resource.Schema, manager, options.Force ?? false, registry.Now);
        return result;
    }

    private static JsonObject Patched(JsonObject live, JsonNode patch, List<string> duplicates, string type, Resource resource, WriteOptions options)
    {
        var result = (type, patch) switch
        {
            (JsonPatchType, JsonArray steps) => JsonPatch.Apply(live, steps),
            (MergePatchType, JsonObject o) => JsonMergePatch.Apply(live, o),
            (StrategicType, JsonObject o) => StrategicMergePatch.Apply(live, o, resource.Schema),
            _ => throw ApiException.BadRequest("error decoding patch: it has not the form that its content type says"),
        };
        var unknown = CheckTypes(result, resource);
        if (options.Warnings.Count == 0)
            options.Report(unknown, duplicates, resource.Version, resource.Kind);
        return result;
    }

    private static async Task<JsonObject> DecodeAsync(HttpRequest request, Resource resource, WriteOptions options)
    {
        List<string> duplicates = [];
        var value = await RequestBody.ReadObjectAsync(request, resource.Kind, duplicates);
        if (value.Text("kind") is { Length: > 0 } kind && kind != resource.Kind)
            throw ApiException.BadRequest(
                $"{kind} in version \"{resource.Version}\" cannot be handled as a {resource.Kind}: converting ({resource.Version}.{kind}) to ({(resource.Group.Length == 0 ? "core" : resource.Group.Split('.')[0])}.{resource.Kind}): unknown conversion");
        if (value.Text("apiVersion") is { Length: > 0 } version && version != resource.ApiVersion)
            throw ApiException.BadRequest($"the API version in the data ({version}) does not match the expected API version ({resource.ApiVersion})");
        options.Report(CheckTypes(value, resource), duplicates, resource.Version, resource.Kind);
        return value;
    }

    private static List<string> CheckTypes(JsonObject value, Resource resource)
    {
        try
        {
            return resource.Prune(value);
        }
        catch (WrongTypeException e)
        {
            throw ApiException.BadRequest($"{resource.Kind} in version \"{resource.Version}\" cannot be handled as a {resource.Kind}: {e.Message}");
        }
    }

    private static void CheckNamespace(JsonObject value, ApiRequest request, Resource resource)
    {
        if (resource.IsNamespaced && value.Text("metadata", "namespace") is { Length: > 0 } given && given != request.Namespace)
            throw ApiException.BadRequest("the namespace of the provided object does not match the namespace sent on the request");
    }

    private static void CheckName(JsonObject value, ApiRequest request)
    {
        if (value.Text("metadata", "name") is { Length: > 0 } given && given != request.Name)
            throw ApiException.BadRequest($"the name of the object ({given}) does not match the name on the URL ({request.Name})");
    }

    private static ApiException PatchOptions(string field, string reason, string message) =>
        ApiException.Invalid("meta.k8s.io", "PatchOptions", "", [new FieldError(reason, field, message)]);

    private static string GroupVersion(string? apiVersion) =>
        apiVersion is null or "" ? "/" : apiVersion.Contains('/') ? apiVersion : "/" + apiVersion;
}
