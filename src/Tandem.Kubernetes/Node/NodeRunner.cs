using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tandem.Kubernetes.Api;
using Tandem.Kubernetes.Api.Pki;
using Tandem.Kubernetes.Client;
using Tandem.Kubernetes.Network;

namespace Tandem.Kubernetes.Node;

/// <summary>Runs the node and network agents once the API answers, with identities of their own.</summary>
internal sealed class NodeRunner(ClusterOptions options, NodeOptions node, ClusterPki pki, Bootstrap bootstrap, TimeProvider time, ILoggerFactory logs)
    : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await bootstrap.Done.WaitAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }

        using var client = ApiClients.Create(options, pki, $"system:node:{options.NodeName}", "system:nodes");
        using var agent = new NodeAgent(client, node, time, logs);
        using var proxier = ApiClients.Create(options, pki, "system:kube-proxy");
        using var network = new NetworkAgent(proxier, options, time, logs.CreateLogger<NetworkAgent>());
        await network.StartAsync(stoppingToken);
        await agent.StartAsync(stoppingToken);
        await Task.WhenAll(network.ExecuteTask!, agent.ExecuteTask!);
    }
}
