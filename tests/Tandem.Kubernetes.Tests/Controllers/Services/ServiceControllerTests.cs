using k8s;
using k8s.Autorest;
using k8s.Models;

namespace Tandem.Kubernetes.Tests.Controllers.Services;

/// <summary>Services of type LoadBalancer, through the real API.</summary>
public sealed class ServiceControllerTests(ControllersFixture cluster) : IClassFixture<ControllersFixture>
{
    [Fact]
    public async Task LoadBalancer_PortIsFree_GetsTheNodesAddressUntilItIsOfAnotherType()
    {
        var created = await CreateAsync("web", 8081);
        await HasAsync(created, cluster.Options.NodeAddress.ToString());
        var now = await cluster.Cluster.CoreV1.ReadNamespacedServiceAsync("web", created.Metadata.NamespaceProperty);
        now.Spec.Type = "ClusterIP";
        now.Spec.AllocateLoadBalancerNodePorts = null;
        now.Spec.ExternalTrafficPolicy = null;
        await cluster.Cluster.CoreV1.ReplaceNamespacedServiceAsync(now, "web", created.Metadata.NamespaceProperty);
        await HasAsync(created, "");
    }

    [Fact]
    public async Task LoadBalancer_OlderOneHasThePort_WaitsWithAnEventUntilThatGoes()
    {
        var first = await CreateAsync("first", 8082);
        await HasAsync(first, cluster.Options.NodeAddress.ToString());
        var second = await CreateAsync("second", 8082);
        await Eventually.TrueAsync(
            async () => (await cluster.Cluster.CoreV1.ListNamespacedEventAsync(second.Metadata.NamespaceProperty)).Items.Any(
                e => e.Reason == "PortTaken" && e.Message.Contains("/first", StringComparison.Ordinal)),
            "an event says who has the port");
        await HasAsync(second, "");
        await cluster.Cluster.CoreV1.DeleteCollectionNamespacedServiceAsync(first.Metadata.NamespaceProperty);
        await HasAsync(second, cluster.Options.NodeAddress.ToString());
    }

    [Fact]
    public async Task LoadBalancer_HasAClass_LeftAlone()
    {
        var foreign = await CreateAsync("foreign", 8083, s => s.LoadBalancerClass = "example.com/other");
        var ours = await CreateAsync("ours", 8083);
        await HasAsync(ours, cluster.Options.NodeAddress.ToString());
        await HasAsync(foreign, "");
    }

    [Fact]
    public async Task HealthCheckNodePort_AskedFor_Refused()
    {
        var refused = await Assert.ThrowsAsync<HttpOperationException>(() => CreateAsync("health", 8084, s =>
        {
            s.ExternalTrafficPolicy = "Local";
            s.HealthCheckNodePort = 31000;
        }));
        Assert.Contains("spec.healthCheckNodePort", refused.Response.Content, StringComparison.Ordinal);
    }

    private async Task<V1Service> CreateAsync(string name, int port, Action<V1ServiceSpec>? change = null)
    {
        var spec = new V1ServiceSpec { Type = "LoadBalancer", Ports = [new V1ServicePort { Port = port }], Selector = new Dictionary<string, string> { ["app"] = name } };
        change?.Invoke(spec);
        return await cluster.Cluster.CoreV1.CreateNamespacedServiceAsync(new V1Service { Metadata = new V1ObjectMeta { Name = name }, Spec = spec }, await cluster.NamespaceAsync());
    }

    private Task HasAsync(V1Service service, string address) => Eventually.TrueAsync(
        async () => string.Join(',', ((await cluster.Cluster.CoreV1.ReadNamespacedServiceStatusAsync(service.Metadata.Name, service.Metadata.NamespaceProperty)).Status?.LoadBalancer?.Ingress ?? [])
            .Select(i => i.Ip)) == address,
        $"{service.Metadata.Name} has the address '{address}'");
}
