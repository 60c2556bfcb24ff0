using k8s.Models;
using Tandem.Kubernetes.Resources.ApiExtensions;
using Tandem.Kubernetes.Resources.Apps;
using Tandem.Kubernetes.Resources.Autoscaling;
using Tandem.Kubernetes.Resources.Batch;
using Tandem.Kubernetes.Resources.Core;
using Tandem.Kubernetes.Resources.Networking;
using Tandem.Kubernetes.Resources.Policy;
using Tandem.Kubernetes.Resources.Rbac;
using Tandem.Kubernetes.Resources.Scheduling;
using Tandem.Kubernetes.Resources.Volumes;

namespace Tandem.Kubernetes.Resources;

/// <summary>The built-in kinds. See <see cref="ServedResources"/> for what is served beside them.</summary>
internal static class ResourceCatalog
{
    public static readonly IReadOnlyList<Resource> All =
    [
        new Namespaces(), new Nodes(), new Pods(), new Services(), new Endpoints(), new ConfigMaps(), new Secrets(), new ServiceAccounts(),
        new Events(), new Deployments(), new ReplicaSets(), new DaemonSets(), new EndpointSlices(), new Ingresses(), new IngressClasses(),
        new NetworkPolicies(), new Leases(), new Roles(), new RoleBindings(), new ClusterRoles(), new ClusterRoleBindings(), new CustomResourceDefinitions(),
        new ControllerRevisions(), new StatefulSets(), new PersistentVolumeClaims(), new PersistentVolumes(), new StorageClasses(), new Jobs(),
        HorizontalPodAutoscalers.Stored, new HorizontalPodAutoscalersV1(), new Metrics.NodeMetrics(), new Metrics.PodMetrics(),
        new PodDisruptionBudgets(), new ResourceQuotas(), new LimitRanges(), new PriorityClasses(), new CronJobs(),
        new ReviewResource("authentication.k8s.io", "SelfSubjectReview", typeof(V1SelfSubjectReview)),
        new ReviewResource("authentication.k8s.io", "TokenReview", typeof(V1TokenReview)),
        new ReviewResource("authorization.k8s.io", "LocalSubjectAccessReview", typeof(V1LocalSubjectAccessReview), isNamespaced: true),
        new ReviewResource("authorization.k8s.io", "SelfSubjectAccessReview", typeof(V1SelfSubjectAccessReview)),
        new ReviewResource("authorization.k8s.io", "SelfSubjectRulesReview", typeof(V1SelfSubjectRulesReview)),
        new ReviewResource("authorization.k8s.io", "SubjectAccessReview", typeof(V1SubjectAccessReview)),
    ];

    public static Resource ByPlural(string plural) => All.First(r => r.Plural == plural);
}
