using System.Net;
using k8s;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Tandem.Kubernetes.Controllers;
using Tandem.Kubernetes.Node;
using Tandem.Kubernetes.Tests.Api;

namespace Tandem.Kubernetes.Tests.Clocks;

/// <summary>The API over a real etcd, the controllers, the scheduler and a node without containers, all by a clock that the test sets.</summary>
public sealed class SettableCluster : ApiServerFixture
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tandem-clock-").FullName;
    private k8s.Kubernetes? _cluster;
    private NodeAgent? _node;

    internal SettableClock Clock { get; } = new();

    internal k8s.Kubernetes Cluster => _cluster ??= new(KubernetesClientConfiguration.BuildConfigFromConfigFile(Options.Kubeconfig));

    private protected override TimeProvider Time => Clock;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        var options = new NodeOptions
        {
            NodeName = Options.NodeName,
            NodeAddress = IPAddress.Loopback.ToString(),
            StateDirectory = _folder,
            ContainerdSocket = "/nonexistent",
            PodCidr = Options.PodRange.ToString(),
            ClusterDns = Options.DnsServiceAddress.ToString(),
            ClusterDomain = Options.ClusterDomain,
            CgroupParent = Options.CgroupParent,
        };
        _node = new NodeAgent(Cluster, options, Clock, NullLoggerFactory.Instance);
        await _node.StartAsync(CancellationToken.None);
    }

    public override async Task DisposeAsync()
    {
        await _node!.StopAsync(CancellationToken.None);
        _node.Dispose();
        await base.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private protected override void AddServices(IServiceCollection services) => services.AddHostedService<ControllerManager>();
}
