using System.Net;

namespace Tandem.Kubernetes.Network.Services;

/// <summary>A port of the node that leads to a port of a pod.</summary>
internal sealed record HostPort(int Protocol, IPEndPoint Node, IPEndPoint Pod);

/// <summary>The hostPorts of the running pods, which elsewhere CNI's portmap plugin forwards.</summary>
internal static class HostPorts
{
    public static IReadOnlyList<HostPort> Build(IReadOnlyList<PodAddress> pods, IPAddress nodeAddress)
    {
        var taken = new HashSet<(int, IPEndPoint)>();
        var result = new List<HostPort>();
        foreach (var pod in pods)
        {
            foreach (var port in pod.Ports.Where(p => p.HostPort > 0))
            {
                var node = new IPEndPoint(port.HostAddress ?? nodeAddress, port.HostPort);
                // A packet from 127.0.0.1 cannot leave the loopback: such a port would swallow connections, not forward them.
                if (!IPAddress.IsLoopback(node.Address) && taken.Add((port.Protocol, node)))
                    result.Add(new HostPort(port.Protocol, node, new IPEndPoint(pod.Address, port.Number)));
            }
        }

        return [.. result.OrderBy(p => Ipv4.Number(p.Node.Address)).ThenBy(p => p.Protocol).ThenBy(p => p.Node.Port)];
    }
}
