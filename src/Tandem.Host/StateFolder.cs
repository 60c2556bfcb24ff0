namespace Tandem.Host;

/// <summary>Where a platform keeps its state: below /var/lib/tandem, readable by its owner only.</summary>
public sealed class StateFolder(string platform, string? root = null)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Where all platforms of this machine keep their state.</summary>
    public const string DefaultRoot = "/var/lib/tandem";

    /// <summary>The platform's folder.</summary>
    public string Root { get; } = Path.Combine(root ?? DefaultRoot, platform);

    /// <summary>What the host runs.</summary>
    public string Plan => Path.Combine(Root, "host.json");

    /// <summary>What a drill has broken, while it is broken.</summary>
    public string FaultJournal => Path.Combine(Root, "fault.json");

    /// <summary>The processes' output.</summary>
    public string Logs => Path.Combine(Root, "logs");

    /// <summary>Which processes run, one file each.</summary>
    public string Processes => Path.Combine(Root, "run");

    /// <summary>The folder of one of the load balancer's servers.</summary>
    public string NameServer(NameServerPlan server) => Path.Combine(Root, server.Name);

    /// <summary>The folder of the load balancer's first server.</summary>
    public string LoadBalancer => Path.Combine(Root, "lb");

    /// <summary>The token of the load balancer's API, the same for all its servers.</summary>
    public string LoadBalancerToken => Path.Combine(LoadBalancer, "token");

    /// <summary>The certificate of the service's Ingress, for clients that have to trust it.</summary>
    public string Certificate => Path.Combine(Root, "tls.crt");

    /// <summary>Its private key, where the load balancer's proxy needs it; mode 0600.</summary>
    public string CertificateKey => Path.Combine(Root, "tls.key");

    /// <summary>Built images, shared by all platforms: they depend on nothing but their recipes.</summary>
    public static string ImageCache => Path.Combine(DefaultRoot, "images");

    /// <summary>The staged programs of one build.</summary>
    public string Programs(string build) => Path.Combine(Root, "programs", build);

    /// <summary>A cluster's folder.</summary>
    public string Cluster(string name) => Path.Combine(Root, name);

    /// <summary>A cluster's kubeconfig for its administrator.</summary>
    public string Kubeconfig(string name) => Path.Combine(Cluster(name), "kubeconfig");

    /// <summary>etcd's socket; the port is part of its name as etcd wants one in an address.</summary>
    public string EtcdSocket(string name) => Path.Combine(Cluster(name), "etcd", "client.sock:0");

    /// <summary>The folder of a cluster's containerd.</summary>
    public string Containerd(string name) => Path.Combine(Cluster(name), "containerd");

    /// <summary>Makes the folders.</summary>
    public void Create(IEnumerable<string> clusters)
    {
        foreach (var folder in new[] { Root, Logs, Processes, LoadBalancer }.Concat(clusters.SelectMany(c => new[] { Cluster(c), Path.GetDirectoryName(EtcdSocket(c))!, Containerd(c) })))
        {
            Directory.CreateDirectory(folder, OwnerOnly);
            File.SetUnixFileMode(folder, OwnerOnly);
        }
    }
}
