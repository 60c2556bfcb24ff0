using System.Collections.Frozen;
using Tandem.Kubernetes.Resources.Apps;
using Tandem.Kubernetes.Resources.Batch;
using Tandem.Kubernetes.Resources.Core;
using Tandem.Kubernetes.Resources.Networking;
using Tandem.Kubernetes.Resources.Rbac;

namespace Tandem.Kubernetes.Resources;

/// <summary>Every kind that is served. What is not here is absent from discovery and answered with 404.</summary>
internal static class ResourceCatalog
{
    public static readonly IReadOnlyList<Resource> All =
    [
        new Namespaces(), new Nodes(), new Pods(), new Services(), new Endpoints(), new ConfigMaps(), new Secrets(), new ServiceAccounts(),
        new Events(), new Deployments(), new ReplicaSets(), new DaemonSets(), new EndpointSlices(), new Ingresses(), new IngressClasses(),
        new NetworkPolicies(), new Leases(), new Roles(), new RoleBindings(), new ClusterRoles(), new ClusterRoleBindings(),
        new ControllerRevisions(), new StatefulSets(), new PersistentVolumeClaims(), new Jobs(),
    ];

    private static readonly FrozenDictionary<(string Group, string Version, string Plural), Resource> ByPath =
        All.ToFrozenDictionary(r => (r.Group, r.Version, r.Plural));

    public static Resource? Find(string group, string version, string plural) => ByPath.GetValueOrDefault((group, version, plural));

    public static Resource ByPlural(string plural) => All.First(r => r.Plural == plural);

    public static bool HasGroupVersion(string group, string version) => All.Any(r => r.Group == group && r.Version == version);
}
