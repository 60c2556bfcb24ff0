using k8s.Models;
using Tandem.Kubernetes.Controllers.Services;
using static Tandem.Kubernetes.Tests.Network.Objects;

namespace Tandem.Kubernetes.Tests.Controllers.Services;

public sealed class BalancedPortsTests
{
    [Theory]
    [InlineData(8080, "TCP", null)]
    [InlineData(6443, "TCP", "port 6443/TCP is the node's own")]
    [InlineData(6443, "UDP", null)]
    [InlineData(10250, "TCP", "port 10250/TCP is the node's own")]
    [InlineData(80, "TCP", "port 80/TCP is a host port of the pod ns/web")]
    [InlineData(9100, "TCP", "port 9100/TCP is a host port of the pod ns/host")]
    [InlineData(81, "TCP", "port 81/TCP is that of the Service default/old")]
    [InlineData(81, "UDP", null)]
    [InlineData(82, "TCP", null)] // a younger one's
    [InlineData(83, "TCP", null)] // one with a class
    public void Holder_PortOfOthers_NamesThem(int port, string protocol, string? holder)
    {
        var host = Pod("ns", "host", "10.77.0.11", "", new V1ContainerPort { ContainerPort = 9100 });
        host.Spec.HostNetwork = true;
        var done = Pod("ns", "done", "10.244.0.8", "", new V1ContainerPort { ContainerPort = 1, HostPort = 8080 });
        done.Status.Phase = "Succeeded";
        var foreign = Balanced("foreign", 83, 1);
        foreign.Spec.LoadBalancerClass = "example.com/other";
        var wanted = Balanced("wanted", port, 5, protocol);
        Assert.Equal(holder, BalancedPorts.Holder(
            wanted, [wanted, Balanced("old", 81, 1), Balanced("young", 82, 9), foreign],
            [Pod("ns", "web", "10.244.0.7", "", new V1ContainerPort { ContainerPort = 8080, HostPort = 80 }), host, done], 6443));
    }

    [Fact]
    public void Holder_YoungerHasTheAddressAlready_KeepsIt()
    {
        V1Service old = Balanced("old", 81, 1), young = Balanced("young", 81, 9);
        young.Status = new V1ServiceStatus { LoadBalancer = new V1LoadBalancerStatus { Ingress = [new V1LoadBalancerIngress { Ip = "10.77.0.11" }] } };
        Assert.NotNull(BalancedPorts.Holder(old, [old, young], [], 6443));
        Assert.Null(BalancedPorts.Holder(young, [old, young], [], 6443));
        old.Status = young.Status;
        Assert.Null(BalancedPorts.Holder(old, [old, young], [], 6443));
        Assert.NotNull(BalancedPorts.Holder(young, [old, young], [], 6443));
    }

    private static V1Service Balanced(string name, int port, int day, string protocol = "TCP")
    {
        var service = Service(name, $"10.96.1.{day}", new V1ServicePort { Port = port, Protocol = protocol });
        service.Spec.Type = "LoadBalancer";
        service.Metadata.Uid = name;
        service.Metadata.CreationTimestamp = new DateTime(2026, 1, day, 0, 0, 0, DateTimeKind.Utc);
        return service;
    }
}
