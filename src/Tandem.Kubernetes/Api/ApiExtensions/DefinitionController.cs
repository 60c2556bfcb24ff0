using System.Text.Json.Nodes;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tandem.Kubernetes.Api.Authentication;
using Tandem.Kubernetes.Api.Errors;
using Tandem.Kubernetes.Resources;
using Tandem.Kubernetes.Resources.ApiExtensions;
using Tandem.Kubernetes.Resources.Custom;
using Tandem.Kubernetes.Storage;

namespace Tandem.Kubernetes.Api.ApiExtensions;

/// <summary>
/// Accepts the names of CustomResourceDefinitions, which puts their kinds into the API, and deletes the objects of those that are
/// being deleted. As in the real server, this belongs to the API server itself.
/// </summary>
internal sealed class DefinitionController(Registry registry, WatchCache watchCache, Caches caches, TimeProvider time, ILogger<DefinitionController> log)
    : BackgroundService
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);
    private static readonly Resource Definitions = ResourceCatalog.ByPlural(CustomResources.Definitions);
    private static readonly WriteOptions Write = new(new UserInfo("system:apiserver", [UserInfo.Masters]), "kube-apiserver", FieldValidation.Strict, false, null);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await watchCache.Ready.WaitAsync(stoppingToken);
            while (true)
            {
                using var watcher = caches[Definitions].Watch(null, null, out _);
                var pending = await TryAllAsync(stoppingToken);
                var changed = watcher.Changes.WaitToReadAsync(stoppingToken).AsTask();
                if (pending)
                    await Task.WhenAny(changed, Task.Delay(Retry, time, stoppingToken));
                else
                    await changed;
                stoppingToken.ThrowIfCancellationRequested();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The API is stopping.
        }
    }

    /// <returns>Whether something is left to do although nothing will change by itself.</returns>
    private async Task<bool> TryAllAsync(CancellationToken cancellationToken)
    {
        var pending = false;
        foreach (var stored in caches[Definitions].List(null))
        {
            try
            {
                pending |= await ReconcileAsync(stored.Parse(), cancellationToken);
            }
            catch (ApiException e) when (e.Code is 404 or 409)
            {
                pending = true;
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                log.Failed(stored.Name, e);
                pending = true;
            }
        }

        return pending;
    }

    private async Task<bool> ReconcileAsync(JsonObject definition, CancellationToken cancellationToken)
    {
        if (definition.Text("metadata", "deletionTimestamp") is not null)
            return definition.Texts("metadata", "finalizers").Contains(CustomResourceDefinitions.CleanupFinalizer)
                && await CleanUpAsync(definition, cancellationToken);
        var status = DefinitionNames.Status(definition, Taken(definition), registry.Now);
        if (!JsonNode.DeepEquals(status, definition["status"]))
            await UpdateStatusAsync(definition, status, cancellationToken);
        return false;
    }

    private List<JsonObject> Taken(JsonObject definition) =>
    [
        .. caches[Definitions].List(null).Select(d => d.Parse())
            .Where(d => d.Text("metadata", "uid") != definition.Text("metadata", "uid") && d.Text("spec", "group") == definition.Text("spec", "group"))
            .Select(d => d.Child("status", "acceptedNames")).OfType<JsonObject>(),
    ];

    private async Task<bool> CleanUpAsync(JsonObject definition, CancellationToken cancellationToken)
    {
        var name = definition.Text("metadata", "name")!;
        var status = definition.Child("status")?.Copy() ?? [];
        if (caches.Find(name) is { } cache && cache.List(null) is { Count: > 0 } left)
        {
            DefinitionNames.SetCondition(status, "Terminating", true, "InstanceDeletionInProgress", "CustomResource deletion is in progress", registry.Now);
            if (!JsonNode.DeepEquals(status, definition["status"]))
                await UpdateStatusAsync(definition, status, cancellationToken);
            foreach (var value in left)
                await registry.DeleteAsync(cache.Storage, value.Namespace, value.Name, new DeleteOptions(null, "Background", null, null), Write, cancellationToken);
            return true;
        }

        await registry.UpdateAsync(
            Definitions, "", name, "", live =>
            {
                live["metadata"]!["finalizers"] = new JsonArray(
                    [.. live.Texts("metadata", "finalizers").Where(f => f != CustomResourceDefinitions.CleanupFinalizer).Select(f => (JsonNode)f)]);
                return live;
            },
            Write, cancellationToken);
        return false;
    }

    private Task UpdateStatusAsync(JsonObject definition, JsonObject status, CancellationToken cancellationToken)
    {
        var changed = definition.Copy();
        changed["status"] = status;
        return registry.UpdateAsync(Definitions, "", definition.Text("metadata", "name")!, "status", _ => changed.Copy(), Write, cancellationToken);
    }
}

internal static partial class DefinitionControllerLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "CustomResourceDefinition {Name} could not be brought up to date; trying again")]
    public static partial void Failed(this ILogger<DefinitionController> log, string name, Exception reason);
}
