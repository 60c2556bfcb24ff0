using k8s.Models;

namespace Tandem.Kubernetes.Resources.Rbac;

internal sealed class Roles() : RbacResource("Role", "roles", typeof(V1Role))
{
    public override IReadOnlyList<TableColumn> Columns => RoleColumns;
}
