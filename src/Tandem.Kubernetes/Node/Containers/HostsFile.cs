using System.Text;
using k8s.Models;
using Tandem.Kubernetes.Node.Pods;

namespace Tandem.Kubernetes.Node.Containers;

/// <summary>The <c>/etc/hosts</c> of a pod, as the kubelet writes it.</summary>
internal static class HostsFile
{
    public static string Build(V1Pod pod, string ip, string clusterDomain)
    {
        var name = pod.Hostname();
        var names = pod.Spec.Subdomain is { Length: > 0 } subdomain
            ? $"{name}.{subdomain}.{pod.Metadata.NamespaceProperty}.svc.{clusterDomain}\t{name}" : name;
        var text = new StringBuilder("""
            # Kubernetes-managed hosts file.
            127.0.0.1	localhost
            ::1	localhost ip6-localhost ip6-loopback
            fe00::0	ip6-localnet
            fe00::0	ip6-mcastprefix
            fe00::1	ip6-allnodes
            fe00::2	ip6-allrouters

            """);
        text.Append($"{ip}\t{names}\n");
        return Append(text, pod);
    }

    public static string BuildForHostNetwork(V1Pod pod, string nodeHosts) =>
        Append(new StringBuilder("# Kubernetes-managed hosts file (host network).\n").Append(nodeHosts), pod);

    private static string Append(StringBuilder text, V1Pod pod)
    {
        if (pod.Spec.HostAliases is { Count: > 0 } aliases)
        {
            text.Append("\n# Entries added by HostAliases.\n");
            foreach (var alias in aliases)
                text.Append($"{alias.Ip}\t{string.Join('\t', alias.Hostnames ?? [])}\n");
        }

        return text.ToString();
    }
}
