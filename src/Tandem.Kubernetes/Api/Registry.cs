using System.Text.Json.Nodes;
using Tandem.Kubernetes.Admission;
using Tandem.Kubernetes.Api.Apply;
using Tandem.Kubernetes.Api.Errors;
using Tandem.Kubernetes.Resources;
using Tandem.Kubernetes.Resources.Custom;
using Tandem.Kubernetes.Storage;

namespace Tandem.Kubernetes.Api;

/// <summary>The generic life of an object: created, changed, marked for deletion, deleted; for every kind alike.</summary>
internal sealed class Registry(
    EtcdStore etcd, WatchCache watchCache, Caches caches, IEnumerable<IAdmission> admission, IEnumerable<IAccountingAdmission> accounts, TimeProvider time)
{
    private const int MaxAttempts = 20;
    private const string GenerateAlphabet = "bcdfghjklmnpqrstvwxz2456789";

    private readonly IAdmission[] _admission = [.. admission];
    private readonly IAccountingAdmission[] _accounts = [.. accounts];

    public string Now => WallClock.Text(time.GetUtcNow());

    public StoredObject Get(Resource resource, string @namespace, string name) =>
        caches[resource].Get(@namespace, name) ?? throw ApiException.NotFound(resource.Plural, name, resource.Group);

    public async Task<JsonObject> CreateAsync(
        Resource resource, string @namespace, JsonObject value, WriteOptions options, CancellationToken cancellationToken, bool applied = false)
    {
        if (resource is CustomResource { IsEnding: true })
            throw new ApiException(405, "MethodNotAllowed", "create not allowed while custom resource definition is terminating");
        var metadata = value.Ensure("metadata");
        value["kind"] = resource.Kind;
        value["apiVersion"] = resource.ApiVersion;
        if (metadata.Text("resourceVersion") is { Length: > 0 } version && version != "0")
            throw new ApiException(500, null, "resourceVersion should not be set on objects to be created");
        if (resource.IsNamespaced)
            metadata["namespace"] = @namespace;
        else
            metadata.Remove("namespace");
        if (string.IsNullOrEmpty(metadata.Text("name")) && metadata.Text("generateName") is { Length: > 0 } prefix)
            metadata["name"] = prefix + string.Concat(Random.Shared.GetItems<char>(GenerateAlphabet, 5).ToArray());

        metadata.Remove("selfLink");
        metadata.Remove("deletionTimestamp");
        metadata.Remove("deletionGracePeriodSeconds");
        metadata["uid"] = Guid.NewGuid().ToString();
        metadata["creationTimestamp"] = Now;
        if (resource.HasGeneration)
            metadata["generation"] = 1;

        resource.PrepareForCreate(value);
        resource.Default(value);
        Admit(new AdmissionRequest(resource, "CREATE", @namespace, metadata.Text("name") ?? "", value, null, options));
        var errors = new FieldErrors();
        MetadataValidation.Check(value, resource, errors);
        resource.Validate(value, errors);
        resource.ValidateCreate(value, errors);
        var name = metadata.Text("name") ?? "";
        if (errors.All.Count > 0)
            throw ApiException.Invalid(resource.Group, resource.Kind, name, errors.All);
        if (!applied)
            ManagedFields.RecordUpdate(
                new JsonObject(), value, resource.Schema, new Manager(options.FieldManager, Manager.Update, resource.ApiVersion, ""), Now);

        metadata.Remove("resourceVersion");
        Sort(value);
        if (caches[resource].Get(@namespace, name) is not null)
            throw ApiException.AlreadyExists(resource.Plural, name, resource.Group);
        await AccountAsync(new AdmissionRequest(resource, "CREATE", @namespace, name, value, null, options), cancellationToken);
        if (options.DryRun)
            return value;
        var revision = await etcd.CreateAsync(caches[resource].KeyOf(@namespace, name), Utf8Json.Write(Stored(resource, value)), cancellationToken)
            ?? throw ApiException.AlreadyExists(resource.Plural, name, resource.Group);
        return await AcknowledgedAsync(value, revision, cancellationToken);
    }

    /// <summary>Changes an object that exists.</summary>
    /// <param name="resource">The kind.</param>
    /// <param name="namespace">Empty where there is none.</param>
    /// <param name="name">The object.</param>
    /// <param name="subresource">"status", another subresource, or empty.</param>
    /// <param name="change">Gives the new object from the live one; called again where somebody else was faster.</param>
    /// <param name="options">Who changes it, and how.</param>
    /// <param name="cancellationToken">Ends the request before it is sent to etcd.</param>
    /// <param name="applied">Whether <paramref name="change"/> itself kept the field owners (server-side apply).</param>
    public async Task<JsonObject> UpdateAsync(
        Resource resource,
        string @namespace,
        string name,
        string subresource,
        Func<JsonObject, JsonObject> change,
        WriteOptions options,
        CancellationToken cancellationToken,
        bool applied = false)
    {
        var live = Get(resource, @namespace, name);
        for (var attempt = 0; ; attempt++)
        {
            var old = live.Parse(resource);
            var value = change(old.Copy());
            var unconditional = value.Text("metadata", "resourceVersion") is null or "" or "0";
            if (!unconditional && value.Text("metadata", "resourceVersion") != old.Text("metadata", "resourceVersion"))
                throw ApiException.Modified(resource.Plural, name, resource.Group);
            Prepare(resource, @namespace, name, subresource, value, old, options, applied);
            if (SameExceptTimes(value, old))
                return old;
            if (subresource.Length == 0 && attempt == 0)
                await AccountAsync(new AdmissionRequest(resource, "UPDATE", @namespace, name, value, old, options), cancellationToken);
            if (options.DryRun)
                return value;

            var done = await StoreAsync(resource, @namespace, name, value, live.Revision, cancellationToken);
            if (done is not null)
                return done;

            // Somebody was faster: only a change that did not insist on a version may try again on what is there now.
            if (attempt == MaxAttempts)
                throw ApiException.Modified(resource.Plural, name, resource.Group);
            live = await ReloadAsync(resource, @namespace, name, cancellationToken);
        }
    }

    /// <returns>The object where it is still there (finalizers, a pod's grace), else null.</returns>
    public async Task<(JsonObject? Remaining, JsonObject Last)> DeleteAsync(
        Resource resource, string @namespace, string name, DeleteOptions delete, WriteOptions options, CancellationToken cancellationToken)
    {
        var live = Get(resource, @namespace, name);
        for (var attempt = 0; ; attempt++)
        {
            var old = live.Parse(resource);
            CheckPreconditions(resource, name, old, delete);
            Admit(new AdmissionRequest(resource, "DELETE", @namespace, name, old, old, options));
            var value = old.Copy();
            resource.PrepareForDelete(value);
            var gone = Deletion.Mark(resource, value, delete, time.GetUtcNow());
            if (options.DryRun)
                return (gone ? null : value, value);
            if (gone)
            {
                var revision = await etcd.DeleteAsync(caches[resource].KeyOf(@namespace, name), live.Revision, cancellationToken);
                if (revision is not null)
                {
                    await watchCache.WaitForAsync(revision.Value, cancellationToken);
                    return (null, value);
                }
            }
            else if (JsonNode.DeepEquals(value, old))
            {
                return (old, old);
            }
            else
            {
                Sort(value);
                if (await StoreAsync(resource, @namespace, name, value, live.Revision, cancellationToken) is { } stored)
                    return (stored, stored);
            }

            if (attempt == MaxAttempts)
                throw ApiException.Modified(resource.Plural, name, resource.Group);
            live = await ReloadAsync(resource, @namespace, name, cancellationToken);
        }
    }

    private void Prepare(
        Resource resource, string @namespace, string name, string subresource, JsonObject value, JsonObject old, WriteOptions options, bool applied)
    {
        var metadata = value.Ensure("metadata");
        if (metadata.Text("uid") is { Length: > 0 } uid && uid != old.Text("metadata", "uid"))
            throw ApiException.Conflict(
                resource.Plural,
                name,
                $"Precondition failed: UID in precondition: {uid}, UID in object meta: {old.Text("metadata", "uid")}",
                resource.Group);
        value["kind"] = resource.Kind;
        value["apiVersion"] = resource.ApiVersion;
        foreach (var kept in new[] { "uid", "creationTimestamp", "generation", "deletionTimestamp", "deletionGracePeriodSeconds", "namespace", "name", "generateName" })
            CopyField(metadata, old["metadata"]!, kept);
        metadata.Remove("selfLink");

        if (subresource is "status")
        {
            resource.PrepareForStatusUpdate(value, old);
            KeepMetadata(value, old);
        }
        else if (subresource.Length == 0)
        {
            resource.PrepareForUpdate(value, old);
        }
        else if (resource.PrepareForPartialUpdate(subresource, value, old))
        {
            KeepMetadata(value, old);
        }

        resource.Default(value);
        Admit(new AdmissionRequest(resource, "UPDATE", @namespace, name, value, old, options));
        if (subresource is not "status" && resource.HasGeneration && SpecChanged(resource, value, old))
            value["metadata"]!["generation"] = (old.Number("metadata", "generation") ?? 0) + 1;

        var errors = new FieldErrors();
        MetadataValidation.Check(value, resource, errors);
        MetadataValidation.CheckUpdate(value, old, errors);
        resource.Validate(value, errors);
        if (subresource.Length == 0 || resource.IsCustom)
            resource.ValidateUpdate(value, old, errors);
        else if (subresource is not "status")
            resource.ValidatePartialUpdate(subresource, value, old, errors);
        if (errors.All.Count > 0)
            throw ApiException.Invalid(resource.Group, resource.Kind, name, errors.All);
        if (!applied)
            ManagedFields.RecordUpdate(
                old, value, resource.Schema, new Manager(options.FieldManager, Manager.Update, resource.ApiVersion, subresource), Now);
        Sort(value);
    }

    private async Task<JsonObject?> StoreAsync(
        Resource resource, string @namespace, string name, JsonObject value, long revision, CancellationToken cancellationToken)
    {
        var key = caches[resource].KeyOf(@namespace, name);
        long? done;
        if (Deletion.IsComplete(resource, value))
        {
            // The last finalizer went with this change.
            done = await etcd.DeleteAsync(key, revision, cancellationToken);
        }
        else
        {
            value["metadata"]!.AsObject().Remove("resourceVersion");
            done = await etcd.UpdateAsync(key, revision, Utf8Json.Write(Stored(resource, value)), cancellationToken);
        }

        return done is null ? null : await AcknowledgedAsync(value, done.Value, cancellationToken);
    }

    private static JsonObject Stored(Resource resource, JsonObject value) => resource.Storage == resource ? value : resource.ToStorage(value.Copy());

    /// <summary>What a client was told is stored is what its next read shows.</summary>
    private async Task<JsonObject> AcknowledgedAsync(JsonObject value, long revision, CancellationToken cancellationToken)
    {
        value["metadata"]!["resourceVersion"] = revision.ToString(System.Globalization.CultureInfo.InvariantCulture);
        await watchCache.WaitForAsync(revision, cancellationToken);
        return value;
    }

    private async Task<StoredObject> ReloadAsync(Resource resource, string @namespace, string name, CancellationToken cancellationToken)
    {
        var found = await etcd.GetAsync(caches[resource].KeyOf(@namespace, name), cancellationToken)
            ?? throw ApiException.NotFound(resource.Plural, name, resource.Group);
        return caches[resource].Decode(JsonNode.Parse(found.Value)!.AsObject(), found.Revision);
    }

    private void Admit(AdmissionRequest request)
    {
        foreach (var plugin in _admission)
            plugin.Admit(request);
    }

    private async Task AccountAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        foreach (var plugin in _accounts)
            await plugin.AdmitAsync(request, this, cancellationToken);
    }

    /// <exception cref="ApiException">409: the object is not the one that the caller means.</exception>
    public static void CheckPreconditions(Resource resource, string name, JsonObject old, DeleteOptions delete)
    {
        var uid = old.Text("metadata", "uid");
        if (delete.Uid is not null && delete.Uid != uid)
            throw ApiException.Conflict(
                resource.Kind,
                name,
                $"the UID in the precondition ({delete.Uid}) does not match the UID in record ({uid}). The object might have been deleted and then recreated",
                resource.Group);
        var version = old.Text("metadata", "resourceVersion");
        if (delete.ResourceVersion is not null && delete.ResourceVersion != version)
            throw ApiException.Conflict(
                resource.Kind,
                name,
                $"the ResourceVersion in the precondition ({delete.ResourceVersion}) does not match the ResourceVersion in record ({version}). The object might have been modified",
                resource.Group);
    }

    private static bool SpecChanged(Resource resource, JsonObject value, JsonObject old) =>
        value.Select(f => f.Key).Union(old.Select(f => f.Key))
            .Where(f => f is not ("metadata" or "kind" or "apiVersion") && !(f == "status" && resource.HasStatus))
            .Any(f => !JsonNode.DeepEquals(value[f], old[f]));

    private static bool SameExceptTimes(JsonObject value, JsonObject old)
    {
        var a = WithoutVersions(value);
        var b = WithoutVersions(old);
        return JsonNode.DeepEquals(a, b) && ManagedFields.Read(value).SameOwnersAs(ManagedFields.Read(old));
    }

    private static JsonObject WithoutVersions(JsonObject value)
    {
        var copy = value.Copy();
        copy["metadata"]!.AsObject().Remove("resourceVersion");
        copy["metadata"]!.AsObject().Remove("managedFields");
        return copy;
    }

    private static void KeepMetadata(JsonObject value, JsonObject old)
    {
        var metadata = old["metadata"]!.DeepClone().AsObject();
        CopyField(metadata, value["metadata"]!, "managedFields");
        CopyField(metadata, value["metadata"]!, "resourceVersion");
        value["metadata"] = metadata;
    }

    private static void CopyField(JsonObject to, JsonNode from, string name)
    {
        to.Remove(name);
        if (from[name] is { } value)
            to[name] = value.DeepClone();
    }

    /// <summary>kind, apiVersion and metadata first, as readers expect.</summary>
    private static void Sort(JsonObject value)
    {
        foreach (var (index, name) in new[] { "kind", "apiVersion", "metadata" }.Index())
        {
            if (value[name] is not { } field || value.IndexOf(name) == index)
                continue;
            value.Remove(name);
            value.Insert(index, name, field);
        }
    }
}
