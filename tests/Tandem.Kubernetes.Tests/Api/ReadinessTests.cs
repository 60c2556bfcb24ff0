using System.Net;

namespace Tandem.Kubernetes.Tests.Api;

/// <summary>A server with an etcd of its own, so that every object is made after its start.</summary>
public sealed class ReadinessTests(ApiServerFixture api) : IClassFixture<ApiServerFixture>
{
    [Theory]
    [InlineData("/api/v1/namespaces/kube-system")]
    [InlineData("/apis/rbac.authorization.k8s.io/v1/clusterroles/cluster-admin")]
    [InlineData("/api/v1/namespaces/default/services/kubernetes")]
    [InlineData("/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes")]
    public async Task Readyz_Once200_TheFirstObjectsAreThere(string path) =>
        Assert.Equal(HttpStatusCode.OK, (await api.SendAsync(HttpMethod.Get, path)).Code);
}
