using System.Net;
using k8s;
using k8s.Models;
using Tandem.Kubernetes.Network;

namespace Tandem.Kubernetes.Tests.Network;

/// <summary>API objects for tests, as short as can be.</summary>
internal static class Objects
{
    public static readonly ClusterOptions Cluster = new("hot", IPAddress.Parse("10.77.0.11"), "/nowhere", "", "", "/nowhere");

    public static V1Pod Pod(string ns, string name, string address, string labels = "", params V1ContainerPort[] ports) => new()
    {
        Metadata = new V1ObjectMeta { NamespaceProperty = ns, Name = name, Uid = name, Labels = Labels(labels) },
        Spec = new V1PodSpec { Containers = [new V1Container { Name = "c", Ports = ports }] },
        Status = new V1PodStatus { Phase = "Running", PodIP = address },
    };

    public static V1Namespace Namespace(string name, string labels = "") =>
        new() { Metadata = new V1ObjectMeta { Name = name, Labels = Labels(labels) } };

    public static V1Service Service(string name, string address, params V1ServicePort[] ports) => new()
    {
        Metadata = new V1ObjectMeta { NamespaceProperty = "default", Name = name },
        Spec = new V1ServiceSpec { Type = "ClusterIP", ClusterIP = address, Ports = ports },
    };

    public static V1EndpointSlice Slice(string service, string portName, int port, string protocol, params V1Endpoint[] endpoints) => new()
    {
        Metadata = new V1ObjectMeta
        {
            NamespaceProperty = "default", Name = $"{service}-{portName}{protocol}{port}".ToLowerInvariant(),
            Labels = new Dictionary<string, string> { ["kubernetes.io/service-name"] = service },
        },
        AddressType = "IPv4",
        Ports = [new Discoveryv1EndpointPort { Name = portName, Port = port, Protocol = protocol }],
        Endpoints = endpoints,
    };

    public static V1Endpoint Endpoint(string address, bool ready = true, bool serving = true, bool terminating = false) => new()
    {
        Addresses = [address],
        Conditions = new V1EndpointConditions { Ready = ready, Serving = serving, Terminating = terminating },
    };

    public static V1NetworkPolicy Policy(string ns, string name, string spec) => new()
    {
        Metadata = new V1ObjectMeta { NamespaceProperty = ns, Name = name },
        Spec = KubernetesYaml.Deserialize<V1NetworkPolicySpec>(spec),
    };

    public static ClusterState State(
        IEnumerable<V1Pod>? pods = null, IEnumerable<V1Service>? services = null, IEnumerable<V1EndpointSlice>? slices = null,
        IEnumerable<V1Namespace>? namespaces = null, IEnumerable<V1NetworkPolicy>? policies = null) =>
        new(services ?? [], slices ?? [], pods ?? [], namespaces ?? [], policies ?? []);

    /// <summary><c>a=b,c=d</c>.</summary>
    private static Dictionary<string, string> Labels(string text) =>
        text.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split('=')).ToDictionary(l => l[0], l => l[1]);
}
