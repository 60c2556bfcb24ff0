using System.ComponentModel;
using System.Threading.Channels;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tandem.Client;
using Tandem.Kubernetes.Network.Conntrack;
using Tandem.Kubernetes.Network.Rules;

namespace Tandem.Kubernetes.Network;

/// <summary>
/// Makes Services, host ports and NetworkPolicies real, as nftables rules of the network namespace it runs in. An ordinary client
/// of the API. When it stops the rules stay.
/// </summary>
/// <param name="client">The cluster's API; needs the rights of <c>system:node-proxier</c>.</param>
/// <param name="options">The cluster's addresses.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Told of what fails.</param>
public sealed class NetworkAgent(k8s.Kubernetes client, ClusterOptions options, TimeProvider time, ILogger<NetworkAgent> logger) : BackgroundService
{
    // The first change is applied at once; what follows it within this time is one transaction.
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(10);

    // Rung however often, it is heard once.
    private readonly Channel<bool> _changed = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private StaleFlows? _flows;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        var services = Informer<V1Service>();
        var slices = Informer<V1EndpointSlice>();
        var pods = Informer<V1Pod>();
        var namespaces = Informer<V1Namespace>();
        var policies = Informer<V1NetworkPolicy>();
        await Task.WhenAll(
            services.RunAsync(stoppingToken),
            slices.RunAsync(stoppingToken),
            pods.RunAsync(stoppingToken),
            namespaces.RunAsync(stoppingToken),
            policies.RunAsync(stoppingToken),
            FollowAsync(
                Task.WhenAll(services.Synced, slices.Synced, pods.Synced, namespaces.Synced, policies.Synced),
                () => new ClusterState(services.Cache.Values, slices.Cache.Values, pods.Cache.Values, namespaces.Cache.Values, policies.Cache.Values),
                stoppingToken));
    }

    private Informer<T> Informer<T>()
        where T : class, IKubernetesObject<V1ObjectMeta> => new(
        RestSource.Of<T>(client), _ => _changed.Writer.TryWrite(true), time, m => logger.LogInformation("{Message}", m));

    // Where the kernel has no such door, clients of UDP keep what they have; everything else goes on.
    private void ForgetStale(NetworkModel model)
    {
        try
        {
            _flows ??= new StaleFlows(new ConntrackSocket());
            _flows.Remove(model);
        }
        catch (Win32Exception e)
        {
            logger.LogWarning(e, "UDP flows to endpoints that are gone cannot be forgotten");
        }
    }

    private async Task FollowAsync(Task synced, Func<ClusterState> state, CancellationToken cancellationToken)
    {
        var retry = FirstRetry;
        var prepared = false;
        var kernel = new NftKernel(NftKernel.RunAsync, NftKernel.ListAsync, m => logger.LogWarning("{Message}", m));
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                if (!prepared)
                    await NodeSysctls.ApplyAsync(cancellationToken);
                prepared = true;
                // Rules made of half of the objects would refuse what the other half allows.
                await synced.WaitAsync(cancellationToken);
                var model = NetworkModel.Build(state(), options);
                await kernel.ApplyAsync(NftRuleset.Build(model), cancellationToken);
                ForgetStale(model);
                retry = FirstRetry;
                var applied = time.GetTimestamp();
                await _changed.Reader.WaitToReadAsync(cancellationToken);
                if (Gather - time.GetElapsedTime(applied) is { Ticks: > 0 } rest)
                    await Task.Delay(rest, time, cancellationToken);
                _changed.Reader.TryRead(out _);
            }
            catch (Exception) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                logger.LogError(e, "The network rules could not be set and stay as they were; again in {Retry}", retry);
                await Task.Delay(retry, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                retry = retry * 2 < LongestRetry ? retry * 2 : LongestRetry;
            }
        }
    }
}
