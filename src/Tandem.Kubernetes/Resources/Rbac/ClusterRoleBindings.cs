using k8s.Models;

namespace Tandem.Kubernetes.Resources.Rbac;

internal sealed class ClusterRoleBindings() : RbacResource("ClusterRoleBinding", "clusterrolebindings", typeof(V1ClusterRoleBinding))
{
    public override bool IsNamespaced => false;

    public override IReadOnlyList<TableColumn> Columns => BindingColumns;
}
