using k8s.Models;

namespace Tandem.Kubernetes.Resources.Rbac;

internal sealed class RoleBindings() : RbacResource("RoleBinding", "rolebindings", typeof(V1RoleBinding))
{
    public override IReadOnlyList<TableColumn> Columns => BindingColumns;
}
