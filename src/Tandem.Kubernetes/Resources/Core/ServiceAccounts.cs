using k8s.Models;

namespace Tandem.Kubernetes.Resources.Core;

internal sealed class ServiceAccounts() : Resource("", "v1", "ServiceAccount", "serviceaccounts", typeof(V1ServiceAccount))
{
    public override IReadOnlyList<string> ShortNames => ["sa"];

    public override IReadOnlyList<Subresource> Subresources => [new("token", "TokenRequest", ["create"], "authentication.k8s.io", "v1")];
}
