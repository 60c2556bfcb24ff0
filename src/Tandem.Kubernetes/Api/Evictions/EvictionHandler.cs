using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Tandem.Kubernetes.Api.Authentication;
using Tandem.Kubernetes.Api.Content;
using Tandem.Kubernetes.Api.Errors;
using Tandem.Kubernetes.Resources;
using Tandem.Kubernetes.Storage;

namespace Tandem.Kubernetes.Api.Evictions;

/// <summary>
/// POST on pods/eviction: a deletion that disruption budgets may refuse. See
/// https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/.
/// </summary>
internal sealed class EvictionHandler(Registry registry, Caches caches)
{
    private const int MaxAttempts = 20;

    private static readonly string[] Versions = ["policy/v1", "policy/v1beta1"];

    public async Task EvictAsync(HttpContext context, ApiRequest request, UserInfo user)
    {
        var body = await RequestBody.ReadObjectAsync(context.Request, "Eviction");
        if (body.Text("apiVersion") is { Length: > 0 } version && !Versions.Contains(version))
            throw ApiException.BadRequest($"the API version in the data ({version}) does not match the expected API version (policy/v1)");
        if (body.Text("metadata", "name") != request.Name)
            throw ApiException.BadRequest("name in URL does not match name in Eviction object");
        if (body.Text("metadata", "namespace") is { Length: > 0 } named && named != request.Namespace)
            throw ApiException.BadRequest("the namespace of the provided object does not match the namespace sent on the request");

        var write = WriteOptions.Read(context.Request, user);
        var options = body.Child("deleteOptions");
        write = write with { DryRun = write.DryRun || options.Texts("dryRun").Contains("All") };
        var eviction = new Eviction(request.Resource!, request.Namespace, request.Name, DeleteOptions.Read(options, context.Request), write);
        if (!await TryWithoutBudgetAsync(eviction, context.RequestAborted))
            await SpendAndDeleteAsync(eviction, context.RequestAborted);
        await Answer.CreatedAsync(context);
    }

    /// <summary>Pods that have not started or have ended are no disruption.</summary>
    /// <returns>Whether the pod was such, and is deleted.</returns>
    private async Task<bool> TryWithoutBudgetAsync(Eviction eviction, CancellationToken cancellationToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            var pod = registry.Get(eviction.Pods, eviction.Namespace, eviction.Name).Parse();
            var ending = pod.Text("status", "phase") is "Succeeded" or "Failed" || pod.Text("metadata", "deletionTimestamp") is not null;
            if (!ending && pod.Text("status", "phase") is not "Pending")
                return false;
            try
            {
                // One that is pending may become ready in between, and then it needs a budget.
                await DeleteAsync(eviction, ending ? eviction.Delete : Pinned(eviction.Delete, pod), cancellationToken);
                return true;
            }
            catch (ApiException e) when (e.Reason == "Conflict" && eviction.Delete.ResourceVersion is null && attempt < MaxAttempts)
            {
                // The pod changed: judge it again.
            }
        }
    }

    private async Task SpendAndDeleteAsync(Eviction eviction, CancellationToken cancellationToken)
    {
        var pod = registry.Get(eviction.Pods, eviction.Namespace, eviction.Name).Parse();
        var budget = BudgetOf(pod);
        if (budget is null || !EvictionBudget.IsFree(pod, budget))
        {
            if (budget is not null)
                await SpendAsync(eviction, budget, cancellationToken);
            await DeleteAsync(eviction, eviction.Delete, cancellationToken);
            return;
        }

        try
        {
            await DeleteAsync(eviction, Pinned(eviction.Delete, pod), cancellationToken);
        }
        catch (ApiException e) when (e.Reason == "Conflict" && eviction.Delete.ResourceVersion is null)
        {
            throw EvictionBudget.StillProcessed(budget.Text("metadata", "name")!);
        }
    }

    private JsonObject? BudgetOf(JsonObject pod)
    {
        var labels = (pod.Child("metadata", "labels") ?? []).ToDictionary(l => l.Key, l => (string?)l.Value ?? "");
        var budgets = caches["poddisruptionbudgets"].List(pod.Text("metadata", "namespace"))
            .Select(b => b.Parse())
            .Where(b => b.Child("spec", "selector") is { } s && LabelSelector.FromObject(s).Matches(labels))
            .ToList();
        return budgets.Count <= 1
            ? budgets.SingleOrDefault()
            : throw new ApiException(500, null, "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.");
    }

    /// <summary>Takes one disruption from the budget; the update is repeated on what others left of it.</summary>
    private Task<JsonObject> SpendAsync(Eviction eviction, JsonObject budget, CancellationToken cancellationToken) => registry.UpdateAsync(
        ResourceCatalog.ByPlural("poddisruptionbudgets"),
        eviction.Namespace,
        budget.Text("metadata", "name")!,
        "status",
        live => EvictionBudget.Spend(live, eviction.Name, registry.Now),
        eviction.Write,
        cancellationToken);

    private async Task DeleteAsync(Eviction eviction, DeleteOptions delete, CancellationToken cancellationToken)
    {
        if (!eviction.Write.DryRun)
        {
            var marked = await registry.UpdateAsync(
                eviction.Pods,
                eviction.Namespace,
                eviction.Name,
                "status",
                pod =>
                {
                    Registry.CheckPreconditions(eviction.Pods, eviction.Name, pod, delete);
                    return EvictionBudget.Marked(pod, registry.Now);
                },
                eviction.Write,
                cancellationToken);
            if (delete.ResourceVersion is not null)
                delete = delete with { ResourceVersion = marked.Text("metadata", "resourceVersion") };
        }

        await registry.DeleteAsync(eviction.Pods, eviction.Namespace, eviction.Name, delete, eviction.Write, cancellationToken);
    }

    /// <summary>To be deleted as it was seen. The caller's own version, should there be one, stands.</summary>
    private static DeleteOptions Pinned(DeleteOptions delete, JsonObject pod) =>
        delete.ResourceVersion is null ? delete with { ResourceVersion = pod.Text("metadata", "resourceVersion") } : delete;

    /// <summary>What is to be evicted, and how.</summary>
    private sealed record Eviction(Resource Pods, string Namespace, string Name, DeleteOptions Delete, WriteOptions Write);
}
