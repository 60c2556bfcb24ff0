using k8s.Models;

namespace Tandem.ClusterDns.Tests;

/// <summary>A small cluster.</summary>
internal static class Snapshot
{
    public static readonly IReadOnlyList<V1Service> Services =
    [
        Service("web", new V1ServiceSpec { ClusterIP = "10.96.3.4", Ports = [new V1ServicePort { Name = "http", Port = 80, Protocol = "TCP" }, new V1ServicePort { Name = "dns", Port = 53, Protocol = "UDP" }] }),
        Service("db", new V1ServiceSpec { ClusterIP = "None", Ports = [new V1ServicePort { Name = "sql", Port = 1, Protocol = "TCP" }] }),
        Service("empty", new V1ServiceSpec { ClusterIP = "None" }),
        Service("away", new V1ServiceSpec { Type = "ExternalName", ExternalName = "example.com" }),
        Service("alias", new V1ServiceSpec { Type = "ExternalName", ExternalName = "web.default.svc.cluster.local" }),
        Service("lost", new V1ServiceSpec { Type = "ExternalName", ExternalName = "gone.example.com" }),
    ];

    public static readonly IReadOnlyList<V1EndpointSlice> Slices =
    [
        Slice("web", 8080, "http", Endpoint("10.244.0.9")),
        Slice("db", 5432, "sql", Endpoint("10.244.0.5", "db-0"), Endpoint("10.244.0.6"), Endpoint("10.244.0.7", ready: false)),
    ];

    private static V1Service Service(string name, V1ServiceSpec spec) =>
        new() { Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = "default", Uid = name, ResourceVersion = "1" }, Spec = spec };

    private static V1EndpointSlice Slice(string service, int port, string portName, params V1Endpoint[] endpoints) => new()
    {
        Metadata = new V1ObjectMeta
        {
            Name = service + "-1", NamespaceProperty = "default", Uid = service + "-1", ResourceVersion = "1",
            Labels = new Dictionary<string, string> { ["kubernetes.io/service-name"] = service },
        },
        AddressType = "IPv4",
        Ports = [new Discoveryv1EndpointPort { Name = portName, Port = port, Protocol = "TCP" }],
        Endpoints = endpoints,
    };

    private static V1Endpoint Endpoint(string address, string? hostname = null, bool ready = true) =>
        new() { Addresses = [address], Hostname = hostname, Conditions = new V1EndpointConditions { Ready = ready } };
}
