using k8s.Models;
using Tandem.Kubernetes.Node.Cri.V1;
using Tandem.Kubernetes.Node.Pods;

namespace Tandem.Kubernetes.Node.Containers;

/// <summary>A pod's resolv.conf, by its <c>dnsPolicy</c> and <c>dnsConfig</c>.</summary>
internal static class DnsConfigBuilder
{
    // What the API allows, and the kubelet puts into a resolv.conf at most.
    private const int MaxServers = 3;
    private const int MaxSearches = 32;

    /// <param name="pod">The pod.</param>
    /// <param name="options">The node.</param>
    /// <param name="resolvConf">Text of the node's own resolv.conf, for the policy Default; its search domains come last for the others.</param>
    public static DNSConfig Build(V1Pod pod, NodeOptions options, string resolvConf)
    {
        var result = (pod.Spec.DnsPolicy ?? "ClusterFirst") switch
        {
            "None" => new DNSConfig(),
            "ClusterFirstWithHostNet" => Cluster(pod, options, Parse(resolvConf)),
            "ClusterFirst" when !pod.UsesHostNetwork() => Cluster(pod, options, Parse(resolvConf)),
            _ => Parse(resolvConf),
        };
        AddNew(result.Servers, pod.Spec.DnsConfig?.Nameservers, MaxServers);
        AddNew(result.Searches, pod.Spec.DnsConfig?.Searches, MaxSearches);
        foreach (var option in pod.Spec.DnsConfig?.Options ?? [])
        {
            // The pod's own options replace those of the policy.
            var same = result.Options.Where(o => o.Split(':')[0] == option.Name).ToList();
            same.ForEach(o => result.Options.Remove(o));
            result.Options.Add(option.Value is { Length: > 0 } value ? $"{option.Name}:{value}" : option.Name);
        }

        return result;
    }

    private static DNSConfig Cluster(V1Pod pod, NodeOptions options, DNSConfig node)
    {
        var domain = options.ClusterDomain;
        var result = new DNSConfig
        {
            Servers = { options.ClusterDns },
            Searches = { $"{pod.Metadata.NamespaceProperty}.svc.{domain}", $"svc.{domain}", domain },
            Options = { "ndots:5" },
        };
        AddNew(result.Searches, node.Searches, MaxSearches);
        return result;
    }

    /// <summary>resolv.conf(5), as far as a pod's can say it.</summary>
    internal static DNSConfig Parse(string resolvConf)
    {
        var result = new DNSConfig();
        foreach (var line in resolvConf.Split('\n'))
        {
            var words = line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            switch (words)
            {
                case ["nameserver", var server, ..]:
                    result.Servers.Add(server);
                    break;
                case ["search" or "domain", .. var searches]:
                    result.Searches.Clear(); // the last line counts, resolv.conf(5)
                    result.Searches.AddRange(searches);
                    break;
                case ["options", .. var options]:
                    result.Options.AddRange(options);
                    break;
            }
        }

        return result;
    }

    private static void AddNew(IList<string> to, IEnumerable<string>? from, int most)
    {
        foreach (var value in from ?? [])
        {
            if (!to.Contains(value))
                to.Add(value);
        }

        while (to.Count > most)
            to.RemoveAt(to.Count - 1);
    }
}
