using System.Collections.Concurrent;
using System.Text;
using k8s.Models;
using Microsoft.Extensions.Logging;
using Tandem.Kubernetes.Node.Admission;
using Tandem.Kubernetes.Node.Cri;
using Tandem.Kubernetes.Node.Cri.V1;

namespace Tandem.Kubernetes.Node.Pods;

/// <summary>
/// One worker per pod, by uid. The runtime tells nothing by itself (containerd 1.6 has no events in its CRI), so it is listed
/// each second, and the workers of the pods that changed are woken.
/// </summary>
internal sealed class PodWorkers(PodServices services, CancellationToken stopping)
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, Entry> _workers = new();
    private readonly ConcurrentDictionary<string, bool> _done = new();
    private Dictionary<string, string> _seen = [];
    private volatile bool _synced;
    private long _lastListed = services.Time.GetTimestamp();

    /// <summary>How long ago the runtime last answered.</summary>
    public TimeSpan RuntimeSilence => services.Time.GetElapsedTime(Interlocked.Read(ref _lastListed));

    /// <summary>A pod that the API has on this node, new or changed.</summary>
    public void Update(V1Pod pod)
    {
        var uid = pod.Metadata.Uid;
        if (_done.ContainsKey(uid))
            return; // removed by us; the watch has yet to say so
        if (_workers.TryGetValue(uid, out var entry))
            entry.Worker.Update(pod);
        else
            Start(pod, vanished: false);
    }

    /// <summary>The pods of this node, each as the API has it or as it was last reported.</summary>
    public IReadOnlyList<V1Pod> Pods => [.. _workers.Values.Where(e => !e.Worker.Vanished).Select(e => e.Worker.Pod)];

    /// <summary>Ends a pod for the node's sake.</summary>
    public void Evict(V1Pod pod, PodVerdict verdict)
    {
        if (_workers.TryGetValue(pod.Metadata.Uid, out var entry))
            entry.Worker.Evict(verdict);
    }

    /// <summary>A pod that the API no longer has.</summary>
    public void Remove(V1Pod pod)
    {
        _done.TryRemove(pod.Metadata.Uid, out _);
        if (_workers.TryGetValue(pod.Metadata.Uid, out var entry))
            entry.Worker.Vanish(pod);
    }

    /// <summary>All pods of the API have been named once: from now on, what else the runtime holds is an orphan.</summary>
    public void Synced() => _synced = true;

    /// <summary>Lists the runtime until cancelled; then waits for the workers, which leave the pods running.</summary>
    /// <param name="cancellationToken">The same that the workers stop by.</param>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Period, services.Time);
        var silent = false;
        try
        {
            do
            {
                try
                {
                    await ListAsync(cancellationToken);
                    Interlocked.Exchange(ref _lastListed, services.Time.GetTimestamp());
                    silent = false;
                }
                catch (Exception e) when (!cancellationToken.IsCancellationRequested)
                {
                    if (!silent)
                        services.Logger.LogWarning(e, "The container runtime does not answer");
                    silent = true;
                }
            }
            while (await timer.WaitForNextTickAsync(cancellationToken));
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            await Task.WhenAll(_workers.Values.Select(e => e.Task));
        }
    }

    private async Task ListAsync(CancellationToken cancellationToken)
    {
        var sandboxes = await services.Cri.Runtime.ListPodSandboxAsync(new ListPodSandboxRequest(), cancellationToken: cancellationToken);
        var containers = await services.Cri.Runtime.ListContainersAsync(new ListContainersRequest(), cancellationToken: cancellationToken);
        var states = new Dictionary<string, StringBuilder>();
        foreach (var sandbox in sandboxes.Items)
            Add(states, sandbox.Metadata.Uid, sandbox.Id, (int)sandbox.State);
        foreach (var container in containers.Containers)
            Add(states, container.Labels.GetValueOrDefault(CriLabels.PodUid) ?? "", container.Id, (int)container.State);

        var now = states.ToDictionary(s => s.Key, s => s.Value.ToString());
        foreach (var uid in now.Keys.Union(_seen.Keys))
        {
            if (now.GetValueOrDefault(uid) != _seen.GetValueOrDefault(uid) && _workers.TryGetValue(uid, out var entry))
                entry.Worker.Wake();
        }

        _seen = now;
        if (_synced)
            CollectOrphans(sandboxes);
    }

    private static void Add(Dictionary<string, StringBuilder> states, string uid, string id, int state)
    {
        if (!states.TryGetValue(uid, out var text))
            states[uid] = text = new StringBuilder();
        text.Append(id).Append(state);
    }

    private void CollectOrphans(ListPodSandboxResponse sandboxes)
    {
        foreach (var orphan in sandboxes.Items.Where(s => !_workers.ContainsKey(s.Metadata.Uid)).DistinctBy(s => s.Metadata.Uid))
            Start(Orphan(orphan.Metadata.Uid, orphan.Metadata.Name, orphan.Metadata.Namespace), vanished: true);
        foreach (var uid in Folders(services.Paths.Pods).Where(uid => !_workers.ContainsKey(uid)))
            Start(Orphan(uid, "unknown", "unknown"), vanished: true);
        // A pod's log folder is the first that is made of it and the last that goes: while it is there, more may be.
        foreach (var parts in Folders(services.Paths.Logs).Select(name => name.Split('_')).Where(parts => parts.Length == 3 && !_workers.ContainsKey(parts[2])))
            Start(Orphan(parts[2], parts[1], parts[0]), vanished: true);
    }

    private static IEnumerable<string> Folders(string folder) =>
        Directory.Exists(folder) ? Directory.GetDirectories(folder).Select(d => Path.GetFileName(d)!) : [];

    private static V1Pod Orphan(string uid, string name, string @namespace) => new()
    {
        Metadata = new V1ObjectMeta { Uid = uid, Name = name, NamespaceProperty = @namespace },
        Spec = new V1PodSpec { Containers = [], TerminationGracePeriodSeconds = 1 },
    };

    private void Start(V1Pod pod, bool vanished)
    {
        if (stopping.IsCancellationRequested)
            return;
        var worker = new PodWorker(pod, vanished, services);
        var entry = new Entry(worker);
        if (_workers.TryAdd(pod.Metadata.Uid, entry))
            entry.Task = RunAsync(pod.Metadata.Uid, worker);
    }

    private async Task RunAsync(string uid, PodWorker worker)
    {
        await Task.Yield();
        try
        {
            using (worker)
                await worker.RunAsync(stopping);
            // Until the watch says so too, what it still tells of this pod is old.
            if (!worker.Vanished)
                _done[uid] = true;
            _workers.TryRemove(uid, out _);
        }
        catch (Exception) when (stopping.IsCancellationRequested)
        {
            // The agent stops in the middle of something (gRPC says so in an exception of its own); the pod runs on.
        }
    }

    private sealed class Entry(PodWorker worker)
    {
        public PodWorker Worker { get; } = worker;

        public Task Task { get; set; } = Task.CompletedTask;
    }
}
