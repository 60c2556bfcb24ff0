using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Grpc.Core;
using Microsoft.Extensions.Logging.Abstractions;
using Tandem.Kubernetes.Node;
using Tandem.Kubernetes.Node.Cgroups;
using Tandem.Kubernetes.Node.Cri;
using Tandem.Kubernetes.Node.Cri.V1;
using Tandem.Kubernetes.Node.Eviction;
using Tandem.Kubernetes.Node.Images.Collection;
using Tandem.Kubernetes.Node.Pods;
using Tandem.Kubernetes.Node.Volumes;
using Tandem.Processes;

namespace Tandem.Kubernetes.Tests.Node.Real;

/// <summary>A real containerd in a network namespace of its own, with a folder of its own, and a node agent's pod workers on it.</summary>
public class ContainerdFixture : IAsyncLifetime
{
    private readonly string _id = Guid.NewGuid().ToString("n")[..8];
    private Process? _containerd;
    private Task _output = Task.CompletedTask;
    private CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;
    private CriClient? _cri;
    private ImageCollector? _images;

    public string Folder => $"/tmp/tnode-{_id}";

    public string NetworkNamespace => $"tnode-{_id}";

    /// <summary>False where containerd shares the tests' network: its pods must then use the host's too.</summary>
    private protected virtual bool OwnNetwork => true;

    public string Cgroup => $"/tnode-{_id}";

    internal InMemoryApi Api { get; } = new();

    internal PodWorkers Workers { get; private set; } = null!;

    internal NodeOptions Options => Adjusted(new NodeOptions
    {
        NodeName = "node",
        NodeAddress = "127.0.0.1",
        StateDirectory = Path.Combine(Folder, "node"),
        ContainerdSocket = Config.Socket,
        PodCidr = "10.42.0.0/24",
        ClusterDns = "10.43.0.10",
        CgroupParent = Cgroup,
    });

    private protected virtual NodeOptions Adjusted(NodeOptions options) => options;

    private ContainerdConfig Config => new(Path.Combine(Folder, "c"), BusyboxImage.Name, Path.Combine(Folder, "cni"))
    {
        RestrictOomScoreAdj = ContainerdConfig.LacksSysResource(File.ReadAllText("/proc/self/status")),
    };

    public virtual async Task InitializeAsync()
    {
        Directory.CreateDirectory(Path.Combine(Folder, "cni"));
        Directory.CreateDirectory(Path.Combine(Folder, "c"));
        Directory.CreateDirectory(Path.Combine(Folder, "node"));
        await File.WriteAllTextAsync(Path.Combine(Folder, "config.toml"), Config.ToToml());
        await File.WriteAllTextAsync(
            Path.Combine(Folder, "cni", "10-pods.conflist"), new CniConfig("pods", "10.42.0.0/24", Path.Combine(Folder, "ipam")).ToJson());
        if (OwnNetwork)
        {
            await ProcessRunner.RunCheckedAsync(new Command("ip", "netns", "add", NetworkNamespace));
            // containerd's streaming server listens on the loopback.
            await ProcessRunner.RunCheckedAsync(new Command("ip", "-n", NetworkNamespace, "link", "set", "lo", "up"));
        }

        await StartContainerdAsync();
        var archive = Path.Combine(Folder, "busybox.tar");
        BusyboxImage.Write(archive);
        await CtrAsync("images", "import", archive);
        StartAgent();
    }

    public async Task StartContainerdAsync()
    {
        string[] containerdCommand = ["containerd", "-c", Path.Combine(Folder, "config.toml"), "-l", "warn"];
        _containerd = ProcessRunner.StartPiped(OwnNetwork
            ? new Command("nsenter", [$"--net=/run/netns/{NetworkNamespace}", .. containerdCommand])
            : new Command(containerdCommand[0], containerdCommand[1..]));
        var containerd = _containerd;
        _output = Task.WhenAll(
            containerd.StandardOutput.BaseStream.CopyToAsync(Stream.Null), CopyLogAsync(containerd));
        _cri ??= new CriClient(Config.Socket);
        await Eventually.TrueAsync(async () =>
        {
            try
            {
                return (await _cri.Runtime.StatusAsync(new StatusRequest())).Status.Conditions.All(c => c.Status);
            }
            catch (RpcException)
            {
                return false;
            }
        }, "containerd is ready", () => string.Join('\n', File.ReadLines(Path.Combine(Folder, "containerd.log")).TakeLast(10)));
    }

    public async Task KillContainerdAsync()
    {
        _containerd!.Kill();
        await _containerd.WaitForExitAsync();
        await _output;
        _containerd.Dispose();
    }

    public virtual void StartAgent()
    {
        _stop = new CancellationTokenSource();
        var services = new PodServices(Options, Api, new CriClient(Config.Socket), TimeProvider.System, NullLogger.Instance);
        Workers = new PodWorkers(services, _stop.Token);
        Api.Workers = Workers;
        foreach (var pod in Api.Pods)
            Workers.Update(pod);
        Workers.Synced();
        _images?.Dispose();
        _images = new ImageCollector(services.Cri, Options, TellNode, TimeProvider.System, NullLogger.Instance);
        var eviction = new EvictionManager(services, Workers, _images, TellNode);
        _running = Task.WhenAll(Workers.RunAsync(_stop.Token), RunUntilStoppedAsync(eviction.RunAsync), RunUntilStoppedAsync(_images.RunAsync));
        Pressure = services.Pressure;
    }

    internal ConcurrentQueue<string> NodeEvents { get; } = new();

    private void TellNode(string reason, string message) => NodeEvents.Enqueue($"{reason}: {message}");

    /// <summary>The images that the runtime has, each by its tags, or by its id where it has none.</summary>
    internal async Task<IReadOnlyList<string>> ImagesAsync() =>
        [.. (await _cri!.Images.ListImagesAsync(new ListImagesRequest())).Images.SelectMany(i => i.RepoTags.DefaultIfEmpty(i.Id))];

    internal NodePressure Pressure { get; private set; } = null!;

    private async Task RunUntilStoppedAsync(Func<CancellationToken, Task> loop)
    {
        try
        {
            await loop(_stop.Token);
        }
        catch (Exception) when (_stop.IsCancellationRequested)
        {
            // The agent was stopped.
        }
    }

    /// <summary>As if the agent had been killed: nothing is tidied up, the pods run on.</summary>
    public async Task StopAgentAsync()
    {
        Api.Workers = null;
        await _stop.CancelAsync();
        await _running;
    }

    internal Task CtrAsync(params string[] arguments) =>
        ProcessRunner.RunCheckedAsync(new Command("ctr", ["--address", Config.Socket, "-n", "k8s.io", .. arguments]));

    internal async Task<int> SandboxesAsync(string uid) => (await _cri!.Runtime.ListPodSandboxAsync(new ListPodSandboxRequest
    {
        Filter = new PodSandboxFilter { LabelSelector = { [CriLabels.PodUid] = uid } },
    })).Items.Count;

    /// <summary>The process that holds the namespaces of a pod without requests; its parent is the pod's shim.</summary>
    internal async Task<int> PausePidAsync(string uid)
    {
        var sandbox = (await _cri!.Runtime.ListPodSandboxAsync(new ListPodSandboxRequest
        {
            Filter = new PodSandboxFilter { LabelSelector = { [CriLabels.PodUid] = uid } },
        })).Items.Single(s => s.State == PodSandboxState.SandboxReady);
        return CgroupTree.Processes($"{Cgroup}/kubepods/besteffort/pod{uid}/{sandbox.Id}").Single();
    }

    /// <summary>What a reboot leaves: no process, no mount and nothing of the run-time folder, but what is on disk.</summary>
    internal async Task RebootAsync()
    {
        await StopAgentAsync();
        var shims = Shims().ToList();
        await KillContainerdAsync();
        foreach (var pid in shims.Concat(CgroupTree.Processes(Cgroup)))
            await ProcessRunner.RunAsync(new Command("kill", "-9", pid.ToString(CultureInfo.InvariantCulture)));
        await Eventually.TrueAsync(() => Task.FromResult(CgroupTree.Processes(Cgroup).Count == 0), "all processes have ended");
        foreach (var mount in Mounts.Below(Folder))
            LinuxFiles.Unmount(mount);
        CgroupTree.Remove(Cgroup);
        Directory.Delete(Path.Combine(Folder, "c", "state"), recursive: true);
        await StartContainerdAsync();
        StartAgent();
    }

    public virtual async Task DisposeAsync()
    {
        foreach (var pod in Api.Pods.ToList())
            Api.Delete(pod.Metadata.Name, 1);
        await Eventually.TrueAsync(() => Task.FromResult(!Api.Pods.Any()), "all pods are gone", () => string.Join('\n', Api.Pods.Select(p => k8s.KubernetesYaml.Serialize(p) + Api.Told(p.Metadata.Name))));
        await StopAgentAsync();
        _images?.Dispose();
        var left = await LeftoversAsync();
        _cri!.Dispose();
        await KillContainerdAsync();
        if (OwnNetwork)
            await ProcessRunner.RunCheckedAsync(new Command("ip", "netns", "del", NetworkNamespace));
        CgroupTree.Remove(Cgroup);
        Directory.Delete(Folder, recursive: true);
        Assert.Empty(left);
    }

    private async Task CopyLogAsync(Process containerd)
    {
        await using var log = new FileStream(Path.Combine(Folder, "containerd.log"), FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        await containerd.StandardError.BaseStream.CopyToAsync(log);
    }

    /// <summary>All that pods leave on a machine where somebody forgets to tidy up.</summary>
    internal async Task<List<string>> LeftoversAsync()
    {
        var left = new List<string>();
        left.AddRange((await _cri!.Runtime.ListPodSandboxAsync(new ListPodSandboxRequest())).Items.Select(s => "sandbox " + s.Id));
        left.AddRange((await _cri.Runtime.ListContainersAsync(new ListContainersRequest())).Containers.Select(s => "container " + s.Id));
        left.AddRange(File.ReadLines("/proc/self/mountinfo").Where(l => l.Contains(Folder, StringComparison.Ordinal)));
        left.AddRange(Directory.EnumerateDirectories("/sys/fs/cgroup", "pod*", SearchOption.AllDirectories)
            .Where(d => d.Contains(Cgroup, StringComparison.Ordinal)));
        foreach (var folder in new[] { Options.PodsDirectory, Options.LogsDirectory }.Where(Directory.Exists))
            left.AddRange(Directory.EnumerateFileSystemEntries(folder));
        left.AddRange(Shims().Select(pid => $"shim {pid}"));
        left.AddRange(CgroupTree.Processes(Cgroup).Select(pid => $"process {pid}"));
        if (!OwnNetwork)
            return left;
        left.AddRange((await ProcessRunner.RunCheckedAsync(new Command("ip", "-n", NetworkNamespace, "-o", "link", "show", "type", "veth"))).Output
            .Split('\n', StringSplitOptions.RemoveEmptyEntries));
        var leases = Path.Combine(Folder, "ipam", "pods");
        if (Directory.Exists(leases))
            left.AddRange(Directory.EnumerateFiles(leases, "10.*").Select(f => "lease " + f));
        return left;
    }

    private IEnumerable<int> Shims() => Directory.EnumerateDirectories("/proc").Where(d => Path.GetFileName(d).All(char.IsAsciiDigit))
        .Where(d => CommandLine(d) is var line && line.Contains("containerd-shim", StringComparison.Ordinal) && line.Contains(Folder, StringComparison.Ordinal))
        .Select(d => int.Parse(Path.GetFileName(d), CultureInfo.InvariantCulture));

    private static string CommandLine(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline")).Replace('\0', ' ');
        }
        catch (IOException)
        {
            return ""; // it has ended
        }
    }
}
