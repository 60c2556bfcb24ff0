using Grpc.Core;
using k8s.Models;
using Tandem.Kubernetes.Node.Cri.V1;
using Tandem.Kubernetes.Node.Probes;

namespace Tandem.Kubernetes.Node.Pods;

/// <summary>Stops containers the graceful way: preStop hook, SIGTERM, and SIGKILL when the grace is over.</summary>
internal sealed class ContainerStopper(PodServices services)
{
    // A container gets this long to end by itself, even if its hook or its turn have used up the grace.
    private const long MinimumGrace = 2;

    private readonly HashSet<string> _hookDone = [];

    /// <summary>Stops one container.</summary>
    /// <param name="pod">Its pod.</param>
    /// <param name="instance">The container.</param>
    /// <param name="ip">The pod's address, for HTTP hooks.</param>
    /// <param name="grace">Seconds.</param>
    /// <param name="message">Wording of the event; null for the usual.</param>
    /// <param name="cancellationToken">Stops waiting; the container may go on ending.</param>
    /// <param name="order">Whose turn it is, where the whole pod is stopped.</param>
    public async Task StopAsync(
        V1Pod pod, ContainerInstance instance, string ip, long grace, string? message, CancellationToken cancellationToken, TerminationOrder? order = null)
    {
        services.Api.Event(pod, instance.Name, "Normal", "Killing", message ?? $"Stopping container {instance.Name}");
        var began = services.Time.GetTimestamp();
        var hook = pod.FindContainer(instance.Name)?.Lifecycle?.PreStop;
        if (hook is not null && MarkHook(instance.Id))
            await PreStopAsync(pod, instance, ip, hook, grace, cancellationToken);

        if (order is not null && Left() > 0)
            await order.TurnAsync(instance.Name, TimeSpan.FromSeconds(Left()), services.Time, cancellationToken);
        await IgnoreMissingAsync(services.Cri.Runtime.StopContainerAsync(
            new StopContainerRequest { ContainerId = instance.Id, Timeout = Math.Max(MinimumGrace, Left()) }, cancellationToken: cancellationToken));
        order?.Ended(instance.Name);

        long Left() => grace - (long)services.Time.GetElapsedTime(began).TotalSeconds;
    }

    /// <summary>Runs a lifecycle hook.</summary>
    public async Task<ProbeResult> RunHookAsync(
        V1Container container, string id, string ip, V1LifecycleHandler hook, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (hook.Exec is { } exec)
            return await services.Probes.ExecAsync(id, exec.Command ?? [], timeout, cancellationToken);
        if (hook.Sleep is { } sleep)
        {
            await Task.Delay(TimeSpan.FromSeconds(sleep.Seconds), services.Time, cancellationToken);
            return new ProbeResult(true, "");
        }

        if (hook.HttpGet is not { } http)
            return new ProbeResult(true, ""); // tcpSocket: accepted by the API for old objects, never carried out
        using var limit = new CancellationTokenSource(timeout, services.Time);
        return await services.Probes.HttpAsync(container, ip, http, limit.Token, cancellationToken);
    }

    /// <summary>What is gone already need not be stopped or removed.</summary>
    public static async Task IgnoreMissingAsync<T>(AsyncUnaryCall<T> call)
    {
        try
        {
            await call;
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.NotFound)
        {
            // Nothing to do.
        }
    }

    private bool MarkHook(string id)
    {
        lock (_hookDone)
            return _hookDone.Add(id);
    }

    private async Task PreStopAsync(
        V1Pod pod, ContainerInstance instance, string ip, V1LifecycleHandler hook, long grace, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(grace), services.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var result = await RunHookAsync(
                pod.FindContainer(instance.Name)!, instance.Id, ip, hook, TimeSpan.FromSeconds(grace), both.Token);
            if (result.Success != true)
                Failed(pod, instance);
        }
        catch (Exception e) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested
            && e is OperationCanceledException or RpcException)
        {
            Failed(pod, instance);
        }
    }

    // What the hook printed stays out of it, as it does with the kubelet: it might be a secret.
    private void Failed(V1Pod pod, ContainerInstance instance) =>
        services.Api.Event(pod, instance.Name, "Warning", "FailedPreStopHook", "PreStopHook failed");
}
