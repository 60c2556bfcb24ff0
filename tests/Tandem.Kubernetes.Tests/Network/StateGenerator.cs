using k8s.Models;
using Tandem.Kubernetes.Network;
using static Tandem.Kubernetes.Tests.Network.Objects;

namespace Tandem.Kubernetes.Tests.Network;

/// <summary>Clusters with every kind of Service, host ports and policies, each made of the one before by changes here and there.</summary>
internal sealed class StateGenerator(int seed)
{
    private static readonly string[] Names = ["a", "b", "c", "d", "e"];

    private readonly Random _random = new(seed);
    private readonly Dictionary<string, (V1Service Service, V1EndpointSlice Slice)> _services = [];
    private List<V1Pod> _pods = [];
    private V1NetworkPolicy[] _policies = [];

    public ClusterState Next()
    {
        foreach (var (index, name) in Names.Index())
        {
            if (_random.Next(2) == 0)
                _services.Remove(name);
            if (_random.Next(3) > 0 && !_services.ContainsKey(name))
                _services[name] = Service(name, index);
        }

        if (_random.Next(2) == 0)
            _pods = [.. Enumerable.Range(0, 6).Where(_ => Chance(0.7)).Select(i => Pod(
                i < 3 ? "red" : "blue", $"pod{i}", $"10.244.0.{11 + i}", $"app={(char)('a' + _random.Next(3))}",
                new V1ContainerPort { Name = "web", ContainerPort = 8080 + _random.Next(2), HostPort = Chance(0.3) ? 9000 + i : null }))];
        if (_random.Next(2) == 0)
            _policies = Chance(0.2) ? [] : [.. new PolicyGenerator(_random.Next(1, 1000)).Policies()];
        return State(
            _pods, [.. _services.Values.Select(s => s.Service)], [.. _services.Values.Select(s => s.Slice)],
            [Namespace("red", "team=x"), Namespace("blue", "team=y")], _policies);
    }

    private bool Chance(double share) => _random.NextDouble() < share;

    private (V1Service, V1EndpointSlice) Service(string name, int index)
    {
        var protocol = Chance(0.6) ? "TCP" : "UDP";
        var service = Objects.Service(name, $"10.96.3.{index}", new V1ServicePort { Name = "p", Port = 80, Protocol = protocol, NodePort = Chance(0.5) ? 30080 + index : null });
        service.Spec.Type = "LoadBalancer";
        service.Spec.InternalTrafficPolicy = Chance(0.3) ? "Local" : "Cluster";
        service.Spec.ExternalTrafficPolicy = Chance(0.3) ? "Local" : "Cluster";
        service.Spec.ExternalIPs = Chance(0.2) ? ["198.51.100.7"] : [];
        service.Spec.LoadBalancerSourceRanges = Chance(0.4) ? [$"192.0.2.{_random.Next(3)}/32", "203.0.113.0/24"] : null;
        if (Chance(0.4))
        {
            service.Spec.SessionAffinity = "ClientIP";
            service.Spec.SessionAffinityConfig = new V1SessionAffinityConfig { ClientIP = new V1ClientIPConfig { TimeoutSeconds = 100 * _random.Next(1, 3) } };
        }

        if (Chance(0.5))
            service.Status = new V1ServiceStatus { LoadBalancer = new V1LoadBalancerStatus { Ingress = [new V1LoadBalancerIngress { Ip = "10.77.0.11" }] } };
        return (service, Slice(name, "p", 8080, protocol, [.. Enumerable.Range(0, 6).Where(_ => Chance(0.4)).Select(i =>
        {
            var endpoint = Endpoint($"10.244.0.{11 + i}", Chance(0.7), Chance(0.7), Chance(0.5));
            endpoint.NodeName = Chance(0.5) ? Cluster.NodeName : null;
            return endpoint;
        })]));
    }
}
