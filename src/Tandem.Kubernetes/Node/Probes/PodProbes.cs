using System.Collections.Concurrent;
using k8s.Models;
using Tandem.Kubernetes.Node.Pods;
using Tandem.Kubernetes.Node.Status;

namespace Tandem.Kubernetes.Node.Probes;

/// <summary>The probes of all running containers of one pod.</summary>
internal sealed class PodProbes(ProbeRunner runner, INodeApi api, string hostIp, TimeProvider time, Action changed) : IDisposable
{
    private readonly ConcurrentDictionary<string, ContainerProbes> _probes = new();

    /// <summary>Starts to probe what runs, and stops to probe what does not.</summary>
    public void Sync(V1Pod pod, PodRuntime runtime)
    {
        var ip = pod.UsesHostNetwork() ? hostIp : runtime.ReadySandbox?.Ip ?? "";
        var running = runtime.Containers.Where(c => c.Running).ToDictionary(c => c.Id);
        foreach (var id in _probes.Keys.Where(id => !running.ContainsKey(id)))
            Stop(id);
        foreach (var (id, instance) in running)
        {
            if (!_probes.ContainsKey(id) && pod.FindContainer(instance.Name) is { } container)
                _probes[id] = Start(pod, container, instance, ip);
        }
    }

    public IReadOnlyDictionary<string, ContainerHealth> Health() => _probes.ToDictionary(p => p.Key, p => p.Value.Health);

    public IReadOnlySet<string> Started() => _probes.Where(p => p.Value.Health.Started).Select(p => p.Key).ToHashSet();

    public IReadOnlyDictionary<string, string> Unhealthy() =>
        _probes.Where(p => p.Value.Failed is not null).ToDictionary(p => p.Key, p => p.Value.Failed!);

    /// <summary>Stops probing one container, as before it is killed.</summary>
    public void Stop(string containerId)
    {
        if (_probes.TryRemove(containerId, out var probes))
            probes.Dispose();
    }

    public void Dispose()
    {
        foreach (var id in _probes.Keys)
            Stop(id);
    }

    private ContainerProbes Start(V1Pod pod, V1Container container, ContainerInstance instance, string ip)
    {
        // Found running with the id that the API knows: started and ready are what they were.
        var known = (pod.Status?.ContainerStatuses ?? []).Concat(pod.Status?.InitContainerStatuses ?? [])
            .FirstOrDefault(s => s.ContainerID == ContainerStatusBuilder.ContainerId(instance.Id));
        return new ContainerProbes(
            container,
            instance.StartedAt,
            new ContainerHealth(known?.Started == true, known?.Ready == true),
            (probe, cancellationToken) => runner.RunAsync(container, instance.Id, ip, probe, cancellationToken),
            (kind, result) => api.Event(pod, container.Name, "Warning", "Unhealthy", result.Success is null
                ? $"{kind} probe errored and resulted in unknown state: {result.Output}" : $"{kind} probe failed: {result.Output}"),
            changed,
            time);
    }
}
