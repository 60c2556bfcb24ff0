using Microsoft.Extensions.Logging;
using Tandem.Kubernetes.Node.Cgroups;
using Tandem.Kubernetes.Node.Containers;
using Tandem.Kubernetes.Node.Cri;
using Tandem.Kubernetes.Node.Eviction;
using Tandem.Kubernetes.Node.Images;
using Tandem.Kubernetes.Node.Probes;
using Tandem.Kubernetes.Node.Volumes;

namespace Tandem.Kubernetes.Node.Pods;

/// <summary>What all pod workers share.</summary>
internal sealed class PodServices : IDisposable
{
    private const string AppArmor = "/sys/module/apparmor/parameters/enabled";

    public PodServices(NodeOptions options, INodeApi api, CriClient cri, TimeProvider time, ILogger logger)
    {
        (Options, Api, Cri, Time, Logger) = (options, api, cri, time, logger);
        MachineMemory = Stats.NodeMemory.Read(options).Capacity;
        HasAppArmor = File.Exists(AppArmor) && File.ReadAllText(AppArmor).StartsWith('Y');
        Pressure = new NodePressure(options.Eviction.TransitionPeriod, time);
        Paths = new PodPaths(options);
        Reader = new PodRuntimeReader(cri, Paths);
        Images = new ImageManager(cri, api, options.ImagePullDeadline, time);
        Cgroups = new PodCgroups(options.CgroupParent);
        Probes = new ProbeRunner(cri, time);
        Starts = new SemaphoreSlim(options.ConcurrentStarts);
        Func<string, decimal> allocatable = resource => resource switch
        {
            "cpu" => Environment.ProcessorCount,
            "memory" => MachineMemory,
            _ => Registration.MachineInfo.Read(options.StateDirectory).Disk,
        };
        var tokens = new TokenCache(api, time);
        Volumes = new VolumeManager(Paths, new PayloadBuilder(api, options, tokens, allocatable), new ClaimedVolumes(api, options), tokens, time, MachineMemory);
        Environments = new EnvironmentBuilder(api, options, allocatable);
    }

    public NodeOptions Options { get; }

    public INodeApi Api { get; }

    public CriClient Cri { get; }

    public TimeProvider Time { get; }

    public ILogger Logger { get; }

    public PodPaths Paths { get; }

    public PodRuntimeReader Reader { get; }

    public ImageManager Images { get; }

    public PodCgroups Cgroups { get; }

    public VolumeManager Volumes { get; }

    public EnvironmentBuilder Environments { get; }

    public ProbeRunner Probes { get; }

    /// <summary>Bounds how many sandboxes and containers are made at once.</summary>
    public SemaphoreSlim Starts { get; }

    /// <summary>What the node is short of.</summary>
    public NodePressure Pressure { get; }

    /// <summary>Whether the kernel enforces AppArmor's profiles.</summary>
    public bool HasAppArmor { get; }

    /// <summary>Bytes.</summary>
    public long MachineMemory { get; }

    public void Dispose()
    {
        Probes.Dispose();
        Starts.Dispose();
    }
}
