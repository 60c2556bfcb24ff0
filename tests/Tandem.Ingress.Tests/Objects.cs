using k8s;
using k8s.Models;
using Tandem.Ingress.Translation;

namespace Tandem.Ingress.Tests;

/// <summary>Kubernetes objects for tests.</summary>
internal static class Objects
{
    public static V1IngressClass Class { get; } = new()
    {
        Metadata = new V1ObjectMeta
        {
            Name = "nginx",
            Annotations = new Dictionary<string, string> { ["ingressclass.kubernetes.io/is-default-class"] = "true" },
        },
        Spec = new V1IngressClassSpec { Controller = IngressSelection.Controller },
    };

    public static async Task<ClusterSnapshot> LoadAsync(string file) => Snapshot(KubernetesYaml.LoadAllFromString(await File.ReadAllTextAsync(file)));

    public static ClusterSnapshot Snapshot(IReadOnlyCollection<object> objects) => new(
        [.. objects.OfType<V1IngressClass>()], [.. objects.OfType<V1Ingress>()], [.. objects.OfType<V1Service>()],
        [.. objects.OfType<V1EndpointSlice>()], [.. objects.OfType<V1Secret>()]);

    public static V1Service Service(string name, int port = 80) => new()
    {
        Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = "shop" },
        Spec = new V1ServiceSpec { Ports = [new V1ServicePort { Port = port, Name = "http" }] },
    };

    public static V1EndpointSlice Endpoints(string service, params int[] ports) => new()
    {
        Metadata = new V1ObjectMeta
        {
            Name = service + "-x",
            NamespaceProperty = "shop",
            Labels = new Dictionary<string, string> { ["kubernetes.io/service-name"] = service },
        },
        AddressType = "IPv4",
        Ports = [.. ports.Take(1).Select(p => new Discoveryv1EndpointPort { Name = "http", Port = p })],
        Endpoints = [.. ports.Take(1).Select(_ => new V1Endpoint { Addresses = ["127.0.0.1"] })],
    };

    public static V1Ingress Ingress(string name, string? host, string service, string path = "/", string type = "Prefix", string? tlsSecret = null) => new()
    {
        Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = "shop", Uid = name },
        Spec = new V1IngressSpec
        {
            Rules =
            [
                new V1IngressRule
                {
                    Host = host,
                    Http = new V1HTTPIngressRuleValue
                    {
                        Paths = [new V1HTTPIngressPath { Path = path, PathType = type, Backend = Backend(service) }],
                    },
                },
            ],
            Tls = tlsSecret is null ? null : [new V1IngressTLS { Hosts = [host!], SecretName = tlsSecret }],
        },
    };

    public static V1IngressBackend Backend(string service) =>
        new() { Service = new V1IngressServiceBackend { Name = service, Port = new V1ServiceBackendPort { Name = "http" } } };
}
