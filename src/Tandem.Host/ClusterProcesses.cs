using System.Net;
using Tandem.Host.Networking;
using Tandem.Host.Supervision;
using Tandem.Images;
using Tandem.Kubernetes;
using Tandem.Kubernetes.Node.Cri;
using Tandem.Processes;

namespace Tandem.Host;

/// <summary>The three processes of an embedded cluster, all in its network namespace: etcd, containerd and <c>tandem cluster run</c>.</summary>
public sealed class ClusterProcesses(HostPlan plan, ClusterPlan cluster, StateFolder state, TimeProvider time)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    private readonly ContainerdConfig _containerd = new(state.Containerd(cluster.Name), plan.PauseImage, Path.Combine(state.Containerd(cluster.Name), "cni"))
    {
        RestrictOomScoreAdj = ContainerdConfig.LacksSysResource(File.ReadAllText("/proc/self/status")),
    };

    /// <summary>Where the cluster lives.</summary>
    public static ClusterOptions Options(HostPlan plan, ClusterPlan cluster, StateFolder state) => new(
        cluster.Name,
        IPAddress.Parse(cluster.NodeAddress),
        state.Cluster(cluster.Name),
        state.EtcdSocket(cluster.Name),
        Path.Combine(state.Containerd(cluster.Name), "containerd.sock"),
        CgroupOf(plan.Platform, cluster.Name))
    {
        BootId = NodeReboot.BootId(state, cluster.Name),
    };

    /// <summary>The control group of a cluster's pods.</summary>
    public static string CgroupOf(string platform, string cluster) => $"/tandem/{platform}/{cluster}";

    /// <summary>What is to run.</summary>
    public IEnumerable<ProcessSpec> Specs()
    {
        var @namespace = PlatformNetwork.NamespacePath(plan.Platform, cluster.Name);
        yield return new ProcessSpec(cluster.Name + "-etcd", Etcd(), @namespace) { Prepare = PrepareEtcdAsync };
        yield return new ProcessSpec(
            cluster.Name + "-containerd",
            new Command("containerd", "--config", Path.Combine(state.Containerd(cluster.Name), "config.toml")),
            @namespace)
        {
            Prepare = PrepareContainerdAsync,
        };
        yield return new ProcessSpec(
            cluster.Name + "-cluster",
            Programs.Tandem(plan.Programs, "cluster", "run", "--plan", state.Plan, "--name", cluster.Name),
            @namespace)
        {
            Prepare = ImportImagesAsync,
        };
    }

    private Command Etcd()
    {
        var folder = Path.GetDirectoryName(state.EtcdSocket(cluster.Name))!;
        return new Command(
            "etcd", "--name", cluster.Name, "--data-dir", Path.Combine(folder, "data"),
            "--listen-client-urls", "unix://client.sock:0", "--advertise-client-urls", "unix://client.sock:0",
            "--listen-peer-urls", "unix://peer.sock:0", "--initial-advertise-peer-urls", "http://localhost:1",
            "--initial-cluster", $"{cluster.Name}=http://localhost:1", "--log-level", "warn",
            "--quota-backend-bytes", "2147483648")
        {
            // etcd takes the path of a Unix socket from its own folder.
            WorkingDirectory = folder,
        };
    }

    private Task PrepareEtcdAsync(CancellationToken cancellationToken)
    {
        // A killed etcd leaves its sockets, and cannot bind to them again.
        foreach (var socket in Directory.GetFiles(Path.GetDirectoryName(state.EtcdSocket(cluster.Name))!, "*.sock:0"))
            File.Delete(socket);
        return Task.CompletedTask;
    }

    private async Task PrepareContainerdAsync(CancellationToken cancellationToken)
    {
        await new NodeReboot(plan, cluster, state).BootAsync(time, cancellationToken);
        var folder = state.Containerd(cluster.Name);
        Directory.CreateDirectory(_containerd.CniConfDirectory);
        await File.WriteAllTextAsync(Path.Combine(folder, "config.toml"), _containerd.ToToml(), cancellationToken);
        var options = Options(plan, cluster, state);
        var cni = new CniConfig("tandem", options.PodRange.ToString(), Path.Combine(folder, "cni-leases"));
        await File.WriteAllTextAsync(Path.Combine(_containerd.CniConfDirectory, "tandem.conflist"), cni.ToJson(), cancellationToken);

        // A socket that a killed containerd left would look like a living one.
        File.Delete(_containerd.Socket);
    }

    /// <summary>The images first: a pod that finds none would wait for its back-off.</summary>
    private async Task ImportImagesAsync(CancellationToken cancellationToken)
    {
        var reboot = new NodeReboot(plan, cluster, state);
        while (reboot.IsPending || !File.Exists(_containerd.Socket))
            await Task.Delay(Poll, time, cancellationToken);
        await new ImageImporter(_containerd.Socket).ImportAsync(plan.ImageArchive, plan.Images.Select(i => (i.Reference, i.Digest)), cancellationToken);
    }
}
