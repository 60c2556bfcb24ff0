namespace Tandem.ClusterDns;

/// <summary>The manifest by which the cluster DNS is deployed.</summary>
public static class ClusterDnsManifest
{
    /// <summary>The image name in <see cref="Yaml"/> that the deployer replaces by the built image's reference.</summary>
    public const string ImagePlaceholder = "tandem.local/cluster-dns";

    /// <summary>Account, Service and Deployment in kube-system, as a YAML stream; the rights are the cluster's own <c>system:kube-dns</c>.</summary>
    public static string Yaml
    {
        get
        {
            using var reader = new StreamReader(typeof(ClusterDnsManifest).Assembly.GetManifestResourceStream("kube-dns.yaml")!);
            return reader.ReadToEnd();
        }
    }
}
