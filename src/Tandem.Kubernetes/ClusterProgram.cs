using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tandem.Kubernetes.Api;
using Tandem.Kubernetes.Api.Metrics;
using Tandem.Kubernetes.Api.Pki;
using Tandem.Kubernetes.Api.Streams;
using Tandem.Kubernetes.Controllers;
using Tandem.Kubernetes.Node;
using Tandem.Kubernetes.Node.Logs;
using Tandem.Kubernetes.Node.Metrics;
using Tandem.Kubernetes.Node.Stats;
using Tandem.Kubernetes.Node.Streams;

namespace Tandem.Kubernetes;

/// <summary>
/// The process <c>tandem cluster run</c>: the API, the controllers, the scheduler and the node agent of one embedded cluster.
/// It runs in the cluster's network namespace; ending it leaves the containers running.
/// </summary>
public static class ClusterProgram
{
    /// <summary>Runs until it is told to stop.</summary>
    /// <param name="options">Where the cluster lives.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="IOException">The API's address is in use.</exception>
    public static async Task RunAsync(ClusterOptions options, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";
            console.ColorBehavior = Microsoft.Extensions.Logging.Console.LoggerColorBehavior.Disabled;
        });
        builder.Logging.SetMinimumLevel(LogLevel.Information).AddFilter("Microsoft", LogLevel.Warning).AddFilter("System", LogLevel.Warning);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(options);
        var pki = new ClusterPki(options, TimeProvider.System);
        pki.WriteAdminKubeconfig();
        builder.AddApiServer(options, pki);
        var node = new NodeOptions
        {
            NodeName = options.NodeName,
            NodeAddress = options.NodeAddress.ToString(),
            StateDirectory = Path.Combine(options.StateDirectory, "node"),
            ContainerdSocket = options.ContainerdSocket,
            PodCidr = options.PodRange.ToString(),
            ClusterDns = options.DnsServiceAddress.ToString(),
            ClusterDomain = options.ClusterDomain,
            CgroupParent = options.CgroupParent,
            BootId = options.BootId,
        };
        builder.Services.AddSingleton(node);
        builder.Services.AddSingleton(s => new ContainerLogs(node, s.GetRequiredService<TimeProvider>()));
        builder.Services.AddSingleton<IPodLogs, PodLogs>();
        builder.Services.AddSingleton<IPodStreams, PodStreams>();
        builder.Services.AddSingleton<INodeUsage, UsageSampler>();
        builder.Services.AddSingleton<INodeEndpoints, NodeEndpoints>();
        builder.Services.AddHostedService<ControllerManager>();
        builder.Services.AddHostedService<NodeRunner>();

        await using var app = builder.Build();
        app.UseApiServer();
        await app.StartAsync(cancellationToken);
        await app.WaitForShutdownAsync(cancellationToken);
    }
}
