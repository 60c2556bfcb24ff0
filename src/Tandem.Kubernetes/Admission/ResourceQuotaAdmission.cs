using System.Text.Json.Nodes;
using Tandem.Kubernetes.Api;
using Tandem.Kubernetes.Api.Errors;
using Tandem.Kubernetes.Quotas;
using Tandem.Kubernetes.Resources;
using Tandem.Kubernetes.Storage;

namespace Tandem.Kubernetes.Admission;

/// <summary>
/// Nothing is stored that a ResourceQuota has no room for. The use is entered in the quota's status before the object is
/// stored; should that fail, the quota's controller finds out and gives it back.
/// </summary>
internal sealed class ResourceQuotaAdmission(Caches caches, TimeProvider time) : IAccountingAdmission
{
    /// <summary>Kinds whose updates can use more: of all others only their number counts, and a pod's resources do not change.</summary>
    private static readonly string[] Growing = ["services", "persistentvolumeclaims"];

    /// <summary>Writers of a namespace wait here in line instead of undoing each other's updates of its quotas.</summary>
    private readonly SemaphoreSlim[] _lines = [.. Enumerable.Range(0, 64).Select(_ => new SemaphoreSlim(1))];

    public async Task AdmitAsync(AdmissionRequest request, Registry registry, CancellationToken cancellationToken)
    {
        var resource = request.Resource;
        if (!resource.IsNamespaced || resource.Kind == "Event"
            || !(request.Operation == "CREATE" || (request.Operation == "UPDATE" && resource.Group.Length == 0 && Growing.Contains(resource.Plural))))
            return;
        var check = new QuotaCheck(resource.Group, resource.Plural, request.Object, request.Old, time.GetUtcNow());
        if (Quotas(check, request.Namespace).Count == 0)
            return;

        var line = _lines[(uint)request.Namespace.GetHashCode(StringComparison.Ordinal) % _lines.Length];
        await line.WaitAsync(cancellationToken);
        try
        {
            // All are asked before any is charged.
            var concerned = Quotas(check, request.Namespace).Where(q => Used(check, q, request) is not null).ToList();
            if (request.Options.DryRun)
                return;
            foreach (var quota in concerned)
                await ChargeAsync(check, quota.Text("metadata", "name")!, request, registry, cancellationToken);
        }
        finally
        {
            line.Release();
        }
    }

    private List<JsonObject> Quotas(QuotaCheck check, string @namespace) =>
        [.. caches["resourcequotas"].List(@namespace).Select(q => q.Parse()).Where(check.Concerns)];

    private static Task<JsonObject> ChargeAsync(QuotaCheck check, string quota, AdmissionRequest request, Registry registry, CancellationToken cancellationToken) =>
        registry.UpdateAsync(
            ResourceCatalog.ByPlural("resourcequotas"),
            request.Namespace,
            quota,
            "status",
            live =>
            {
                if (Used(check, live, request) is { } used)
                    live.Ensure("status")["used"] = used.ToJson();
                return live;
            },
            request.Options,
            cancellationToken);

    private static Usage? Used(QuotaCheck check, JsonObject quota, AdmissionRequest request)
    {
        var (used, refusal) = check.Against(quota);
        return refusal is null ? used : throw ApiException.Forbidden(request.Resource.Plural, request.Name, refusal, request.Resource.Group);
    }
}
