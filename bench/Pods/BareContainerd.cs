using System.Diagnostics;
using Grpc.Core;
using Tandem.Images;
using Tandem.Kubernetes.Node.Cri;
using Tandem.Kubernetes.Node.Cri.V1;
using Tandem.Processes;

namespace Tandem.Bench.Pods;

/// <summary>A containerd with the settings of an embedded cluster's, in a network namespace of its own, and nobody but the benchmark to ask it for pods.</summary>
internal sealed class BareContainerd : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tandem-bench-c-").FullName;
    private readonly string _namespace = $"tbench-{Environment.ProcessId}";
    private readonly string _image;
    private readonly Process _process;
    private readonly Task _output;
    private readonly CriClient _cri;

    private BareContainerd(string image)
    {
        _image = image;
        var config = new ContainerdConfig(_folder, image, Path.Combine(_folder, "cni")) { RestrictOomScoreAdj = ContainerdConfig.LacksSysResource(File.ReadAllText("/proc/self/status")) };
        Directory.CreateDirectory(config.CniConfDirectory);
        File.WriteAllText(Path.Combine(_folder, "config.toml"), config.ToToml());
        File.WriteAllText(Path.Combine(config.CniConfDirectory, "bench.conflist"), new CniConfig("bench", "10.244.0.0/24", Path.Combine(_folder, "leases")).ToJson());
        _process = ProcessRunner.StartPiped(new Command("nsenter", $"--net=/run/netns/{_namespace}", "containerd", "-c", Path.Combine(_folder, "config.toml"), "-l", "error"));
        _output = Task.WhenAll(_process.StandardOutput.ReadToEndAsync(), _process.StandardError.ReadToEndAsync());
        _cri = new CriClient(config.Socket);
        Socket = config.Socket;
    }

    private string Socket { get; }

    public static async Task<BareContainerd> StartAsync(BuiltImage image, string archive, CancellationToken stop)
    {
        var name = $"tbench-{Environment.ProcessId}";
        await ProcessRunner.RunCheckedAsync(new Command("ip", "netns", "add", name), stop);
        await ProcessRunner.RunCheckedAsync(new Command("ip", "-n", name, "link", "set", "lo", "up"), stop);
        var containerd = new BareContainerd(image.Reference);
        while (!await containerd.IsReadyAsync())
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, stop);
        await new ImageImporter(containerd.Socket).ImportAsync(archive, [(image.Reference, image.Digest)], stop);
        return containerd;
    }

    /// <summary>Sandbox, container, start: what a node agent asks of containerd for a pod of one container.</summary>
    /// <returns>The sandbox.</returns>
    public async Task<string> RunPodAsync(string name, CancellationToken stop)
    {
        var config = new PodSandboxConfig
        {
            Metadata = new PodSandboxMetadata { Name = name, Namespace = "default", Uid = Guid.NewGuid().ToString() },
            Hostname = name,
            Linux = new LinuxPodSandboxConfig { CgroupParent = "/" + _namespace, SecurityContext = new LinuxSandboxSecurityContext() },
        };
        var sandbox = (await _cri.Runtime.RunPodSandboxAsync(new RunPodSandboxRequest { Config = config }, cancellationToken: stop)).PodSandboxId;
        var container = await _cri.Runtime.CreateContainerAsync(
            new CreateContainerRequest
            {
                PodSandboxId = sandbox,
                SandboxConfig = config,
                Config = new ContainerConfig
                {
                    Metadata = new ContainerMetadata { Name = "c" },
                    Image = new ImageSpec { Image = _image },
                    Linux = new LinuxContainerConfig { SecurityContext = new LinuxContainerSecurityContext() },
                },
            },
            cancellationToken: stop);
        await _cri.Runtime.StartContainerAsync(new StartContainerRequest { ContainerId = container.ContainerId }, cancellationToken: stop);
        return sandbox;
    }

    public async Task RemovePodAsync(string sandbox, CancellationToken stop)
    {
        await _cri.Runtime.StopPodSandboxAsync(new StopPodSandboxRequest { PodSandboxId = sandbox }, cancellationToken: stop);
        await _cri.Runtime.RemovePodSandboxAsync(new RemovePodSandboxRequest { PodSandboxId = sandbox }, cancellationToken: stop);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var sandbox in (await _cri.Runtime.ListPodSandboxAsync(new ListPodSandboxRequest())).Items)
            await RemovePodAsync(sandbox.Id, CancellationToken.None);
        _cri.Dispose();
        _process.Kill();
        await _process.WaitForExitAsync();
        await _output;
        _process.Dispose();
        await ProcessRunner.RunCheckedAsync(new Command("ip", "netns", "del", _namespace));
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<bool> IsReadyAsync()
    {
        try
        {
            return (await _cri.Runtime.StatusAsync(new StatusRequest())).Status.Conditions.All(c => c.Status);
        }
        catch (RpcException)
        {
            return _process.HasExited ? throw new InvalidOperationException($"containerd ended with {_process.ExitCode}") : false;
        }
    }
}
