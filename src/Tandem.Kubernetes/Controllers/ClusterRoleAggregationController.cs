using k8s;
using Microsoft.Extensions.Logging;

namespace Tandem.Kubernetes.Controllers;

/// <summary>Puts the rules of a ClusterRole with an aggregationRule together out of those that it selects. See
/// https://kubernetes.io/docs/reference/access-authn-authz/rbac/#aggregated-clusterroles.</summary>
internal sealed class ClusterRoleAggregationController : Controller
{
    private readonly k8s.Kubernetes _client;

    public ClusterRoleAggregationController(k8s.Kubernetes client, SharedInformers informers, TimeProvider time, ILogger<ClusterRoleAggregationController> log)
        : base(informers, time, log)
    {
        _client = client;
        informers.ClusterRoles.Changed += _ => EnqueueAll();
    }

    protected override void EnqueueAll()
    {
        foreach (var role in Informers.ClusterRoles.All.Where(r => r.AggregationRule is not null))
            Enqueue("", role.Metadata.Name);
    }

    protected override async Task ReconcileAsync(string @namespace, string name, CancellationToken cancellationToken)
    {
        var role = await FindAsync(() => _client.RbacAuthorizationV1.ReadClusterRoleAsync(name, cancellationToken: cancellationToken));
        if (role?.AggregationRule?.ClusterRoleSelectors is not { } selectors)
            return;
        var all = await _client.RbacAuthorizationV1.ListClusterRoleAsync(cancellationToken: cancellationToken);
        var rules = all.Items
            .Where(r => r.Metadata.Name != name && selectors.Any(s => s.Matches(r.Metadata.Labels)))
            .OrderBy(r => r.Metadata.Name, StringComparer.Ordinal)
            .SelectMany(r => r.Rules ?? [])
            .DistinctBy(r => KubernetesJson.Serialize(r))
            .ToList();
        if (KubernetesJson.Serialize(rules) == KubernetesJson.Serialize(role.Rules ?? []))
            return;
        role.Rules = rules;
        role.ApiVersion = "rbac.authorization.k8s.io/v1";
        role.Kind = "ClusterRole";
        await _client.RbacAuthorizationV1.ReplaceClusterRoleAsync(role, name, cancellationToken: cancellationToken);
    }
}
