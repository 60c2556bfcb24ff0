using System.Globalization;
using k8s.Models;

namespace Tandem.Kubernetes.Node.Pods;

/// <summary>Where a pod's files are on the node; the layout is the kubelet's.</summary>
internal sealed class PodPaths(NodeOptions options)
{
    public const string EmptyDirPlugin = "empty-dir";

    /// <summary>What the name of a volume's folder ends in while it is made; no volume's name can.</summary>
    public const string Unfinished = ".making";

    public string Pods => options.PodsDirectory;

    public string Logs => options.LogsDirectory;

    /// <summary>Where <c>seccompProfile.localhostProfile</c> begins.</summary>
    public string SeccompProfiles => Path.Combine(options.StateDirectory, "seccomp");

    public string Pod(string uid) => Path.Combine(options.PodsDirectory, uid);

    public string Hosts(string uid) => Path.Combine(Pod(uid), "etc-hosts");

    public string Volumes(string uid) => Path.Combine(Pod(uid), "volumes");

    public string Volume(string uid, string plugin, string name) => Path.Combine(Volumes(uid), $"kubernetes.io~{plugin}", name);

    /// <summary>Where a part of a volume is bound for one mount of a container.</summary>
    public string SubPath(string uid, string volume, string container, int index) =>
        Path.Combine(Pod(uid), "volume-subpaths", volume, container, index.ToString(CultureInfo.InvariantCulture));

    public string TerminationMessage(string uid, string container, int restart) =>
        Path.Combine(Pod(uid), "containers", container, restart.ToString(CultureInfo.InvariantCulture));

    /// <summary>The folders of a pod's own volumes, by their names.</summary>
    public IReadOnlyList<string> EmptyDirs(string uid) =>
        Path.GetDirectoryName(Volume(uid, EmptyDirPlugin, "any"))! is var folder && Directory.Exists(folder) ? [.. Directory.EnumerateDirectories(folder).Where(d => !d.EndsWith(Unfinished, StringComparison.Ordinal))] : [];

    public string LogDirectory(V1ObjectMeta pod) => LogDirectory(pod.NamespaceProperty, pod.Name, pod.Uid);

    public string LogDirectory(string @namespace, string name, string uid) => Path.Combine(options.LogsDirectory, $"{@namespace}_{name}_{uid}");

    public string LogFile(V1ObjectMeta pod, string container, int restart) =>
        Path.Combine(LogDirectory(pod), LogPath(container, restart));

    /// <summary>Relative to the pod's log folder.</summary>
    public static string LogPath(string container, int restart) => string.Create(CultureInfo.InvariantCulture, $"{container}/{restart}.log");
}
