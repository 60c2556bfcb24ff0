using k8s.Models;
using Tandem.Kubernetes.Node.Cri.V1;
using Tandem.Kubernetes.Node.Pods;

namespace Tandem.Kubernetes.Node.Containers;

/// <summary>A pod's resolv.conf, by its <c>dnsPolicy</c> and <c>dnsConfig</c>.</summary>
internal static class DnsConfigBuilder
{
    /// <param name="pod">The pod.</param>
    /// <param name="options">The node.</param>
    /// <param name="resolvConf">Text of the node's own resolv.conf, for the policy Default.</param>
    public static DNSConfig Build(V1Pod pod, NodeOptions options, string resolvConf)
    {
        var result = (pod.Spec.DnsPolicy ?? "ClusterFirst") switch
        {
            "None" => new DNSConfig(),
            "ClusterFirstWithHostNet" => Cluster(pod, options),
            "ClusterFirst" when !pod.UsesHostNetwork() => Cluster(pod, options),
            _ => Parse(resolvConf),
        };
        if (pod.Spec.DnsConfig is not { } extra)
            return result;

        AddNew(result.Servers, extra.Nameservers);
        AddNew(result.Searches, extra.Searches);
        foreach (var option in extra.Options ?? [])
        {
            // The pod's own options replace those of the policy.
            var same = result.Options.Where(o => o.Split(':')[0] == option.Name).ToList();
            same.ForEach(o => result.Options.Remove(o));
            result.Options.Add(option.Value is { Length: > 0 } value ? $"{option.Name}:{value}" : option.Name);
        }

        return result;
    }

    private static DNSConfig Cluster(V1Pod pod, NodeOptions options)
    {
        var domain = options.ClusterDomain;
        return new DNSConfig
        {
            Servers = { options.ClusterDns },
            Searches = { $"{pod.Metadata.NamespaceProperty}.svc.{domain}", $"svc.{domain}", domain },
            Options = { "ndots:5" },
        };
    }

    private static DNSConfig Parse(string resolvConf)
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

    private static void AddNew(ICollection<string> to, IList<string>? from)
    {
        foreach (var value in from ?? [])
        {
            if (!to.Contains(value))
                to.Add(value);
        }
    }
}
