using System.Net;
using System.Net.NetworkInformation;
using Tandem.Host.Supervision;

namespace Tandem.Host.Networking;

/// <summary>Whether the ports of the load balancer and the agent are free, asked before anything is started.</summary>
public static class PortCheck
{
    /// <exception cref="AddressInUseException">Somebody else listens there; the message says on what.</exception>
    public static void Check(HostPlan plan, StateFolder state)
    {
        var sockets = IPGlobalProperties.GetIPGlobalProperties();
        if (plan.Agent is { } agent && ProcessRecord.Find(state.Processes, "agent")?.Process.IsRunning != true)
            Refuse(sockets.GetActiveTcpListeners(), new IPEndPoint(IPAddress.Loopback, agent.Port), "the agent", "spec.agent.port");
        if (plan.LoadBalancer is not { } lb)
            return;
        foreach (var server in NameServerPlan.Of(lb).Where(s => ProcessRecord.Find(state.Processes, s.Name)?.Process.IsRunning != true))
        {
            Refuse(sockets.GetActiveTcpListeners(), server.Api, "the load balancer's API", "spec.loadBalancer.embedded.apiPort");
            Refuse(sockets.GetActiveTcpListeners(), server.Dns, "the load balancer's DNS", "spec.loadBalancer.embedded.dnsPort");
            Refuse(sockets.GetActiveUdpListeners(), server.Dns, "the load balancer's DNS", "spec.loadBalancer.embedded.dnsPort");
        }

        if (lb.Proxy is not { } proxy || ProcessRecord.Find(state.Processes, "lb")?.Process.IsRunning == true)
            return;
        foreach (var address in new[] { proxy.Http, proxy.Https })
            Refuse(sockets.GetActiveTcpListeners(), IPEndPoint.Parse(address), "the load balancer's proxy", "spec.network.range");
    }

    private static void Refuse(IEnumerable<IPEndPoint> listeners, IPEndPoint wanted, string whose, string setting)
    {
        var taken = listeners.FirstOrDefault(l => l.Port == wanted.Port
            && (l.Address.Equals(wanted.Address) || l.Address.Equals(IPAddress.Any) || l.Address.Equals(IPAddress.IPv6Any)));
        if (taken is not null)
            throw new AddressInUseException($"{wanted} for {whose} is in use (something listens on {taken}); end it, or change {setting}");
    }
}
