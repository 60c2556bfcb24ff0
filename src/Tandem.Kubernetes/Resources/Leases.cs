using k8s.Models;

namespace Tandem.Kubernetes.Resources;

internal sealed class Leases() : Resource("coordination.k8s.io", "v1", "Lease", "leases", typeof(V1Lease))
{
    public override bool CreatesOnUpdate => true;

    public override IReadOnlyList<TableColumn> Columns { get; } =
        [TableColumn.Name, TableColumn.Text("Holder", o => o.Text("spec", "holderIdentity")), TableColumn.Age];
}
