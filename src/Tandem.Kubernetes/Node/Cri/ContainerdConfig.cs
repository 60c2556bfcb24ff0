using System.Globalization;
using System.Text.Json;

namespace Tandem.Kubernetes.Node.Cri;

/// <summary>What one cluster's own containerd is started with.</summary>
/// <param name="StateDirectory">Absolute folder for its images, run-time state and socket.</param>
/// <param name="SandboxImage">Image of the container that holds a pod's namespaces; imported beforehand.</param>
/// <param name="CniConfDirectory">Folder that holds this cluster's CNI network list and nothing else.</param>
public sealed record ContainerdConfig(string StateDirectory, string SandboxImage, string CniConfDirectory)
{
    // CAP_SYS_RESOURCE, capability 24 of capabilities(7), allows a process to lower an oom_score_adj.
    private const int SysResource = 24;

    /// <summary>Folder of the CNI plugins; the default is where Debian's containernetworking-plugins puts them.</summary>
    public string CniBinDirectory { get; init; } = "/usr/lib/cni";

    /// <summary>
    /// Never lowers an OOM score below containerd's own. Needed where the machine lacks CAP_SYS_RESOURCE: runc fails there
    /// with "can't get final child's PID from pipe: EOF".
    /// </summary>
    public bool RestrictOomScoreAdj { get; init; }

    /// <summary>Absolute path of the unix socket, at most 107 bytes (<c>sockaddr_un</c>).</summary>
    public string Socket => Path.Combine(StateDirectory, "containerd.sock");

    /// <summary>Whether a process with this <c>/proc/self/status</c> cannot lower an OOM score.</summary>
    public static bool LacksSysResource(string procStatus)
    {
        var line = procStatus.Split('\n').FirstOrDefault(l => l.StartsWith("CapEff:", StringComparison.Ordinal));
        return line is not null
            && ulong.TryParse(line["CapEff:".Length..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var effective)
            && (effective >> SysResource & 1) == 0;
    }

    /// <summary>The text of <c>config.toml</c>, version 2 of its format.</summary>
    public string ToToml() => $"""
        version = 2
        root = {Quote(Path.Combine(StateDirectory, "root"))}
        state = {Quote(Path.Combine(StateDirectory, "state"))}
        # Snapshotters and services that this cluster never uses: each costs memory and time to start.
        disabled_plugins = [
          "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.devmapper",
          "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.native", "io.containerd.internal.v1.opt",
          "io.containerd.internal.v1.tracing", "io.containerd.tracing.processor.v1.otlp", "io.containerd.monitor.v1.cgroups",
        ]

        [grpc]
          address = {Quote(Socket)}

        [plugins."io.containerd.grpc.v1.cri"]
          sandbox_image = {Quote(SandboxImage)}
          restrict_oom_score_adj = {(RestrictOomScoreAdj ? "true" : "false")}
          netns_mounts_under_state_dir = true
          enable_unprivileged_ports = true
          enable_unprivileged_icmp = true
          # Certificates and mirrors of registries, in the folders where containerd's and Docker's users put them.
          [plugins."io.containerd.grpc.v1.cri".registry]
            config_path = "/etc/containerd/certs.d:/etc/docker/certs.d"
          [plugins."io.containerd.grpc.v1.cri".containerd]
            snapshotter = "overlayfs"
            default_runtime_name = "runc"
            [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
              runtime_type = "io.containerd.runc.v2"
              [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
                SystemdCgroup = false
          [plugins."io.containerd.grpc.v1.cri".cni]
            bin_dir = {Quote(CniBinDirectory)}
            conf_dir = {Quote(CniConfDirectory)}
            max_conf_num = 1

        """;

    // JSON strings are a subset of TOML's basic strings.
    private static string Quote(string text) => JsonSerializer.Serialize(text);
}
