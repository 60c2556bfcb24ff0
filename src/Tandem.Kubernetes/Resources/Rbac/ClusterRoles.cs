using k8s.Models;

namespace Tandem.Kubernetes.Resources.Rbac;

internal sealed class ClusterRoles() : RbacResource("ClusterRole", "clusterroles", typeof(V1ClusterRole))
{
    public override bool IsNamespaced => false;

    public override IReadOnlyList<TableColumn> Columns => RoleColumns;
}
