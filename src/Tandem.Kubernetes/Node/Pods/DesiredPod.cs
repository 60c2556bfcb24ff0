using k8s.Models;
using Tandem.Kubernetes.Node.Status;

namespace Tandem.Kubernetes.Node.Pods;

/// <summary>One pod as the API wants it. The watch changes it while its worker works; what matters of that interrupts the worker.</summary>
internal sealed class DesiredPod(V1Pod pod, bool vanished, PodStatusWriter status) : IDisposable
{
    private readonly Lock _lock = new();
    private CancellationTokenSource _interrupt = new();
    private V1Pod _pod = pod;
    private bool _vanished = vanished;
    private bool _disposed;

    /// <summary>Whether the API has no such pod any more.</summary>
    public bool Vanished => _vanished;

    /// <summary>Ends what may take long and is no longer wanted: a pull of a pod that is deleted, a stop that has less time now.</summary>
    public CancellationToken Interrupt => _interrupt.Token;

    /// <summary>The pod as the API has it, with the status that was reported last.</summary>
    public V1Pod Latest
    {
        get
        {
            lock (_lock)
                return WithLatestStatus(_pod);
        }
    }

    /// <summary>Takes what the API says now.</summary>
    /// <returns>Whether the worker has to look at it.</returns>
    public bool Change(V1Pod pod, bool vanished)
    {
        lock (_lock)
        {
            // Most changes are this worker's own words, back from the watch.
            var matters = vanished || Differs(pod, _pod) || status.Notice(pod);
            var sooner = pod.IsTerminating() && (!_pod.IsTerminating() || pod.GraceSeconds() < _pod.GraceSeconds());
            if ((sooner || (vanished && !_vanished)) && !_disposed)
                _interrupt.Cancel();
            _pod = pod;
            _vanished |= vanished;
            return matters;
        }
    }

    /// <summary>The pod to begin a pass with; what changes from now on interrupts that.</summary>
    public V1Pod Begin()
    {
        lock (_lock)
        {
            if (_interrupt.IsCancellationRequested)
            {
                _interrupt.Dispose();
                _interrupt = new CancellationTokenSource();
            }

            // Our own last words are newer than the watch's.
            if (status.Latest is { } latest)
            {
                var others = _pod.Status?.Conditions?.Where(c => !PodConditions.IsOwn(c.Type)) ?? [];
                latest.Conditions = [.. latest.Conditions.Where(c => PodConditions.IsOwn(c.Type)), .. others];
            }

            return WithLatestStatus(_pod);
        }
    }

    /// <summary>A copy with the status that was reported last: the object of the watch is not ours to change.</summary>
    public V1Pod WithLatestStatus(V1Pod pod) => status.Latest is not { } latest ? pod : new V1Pod
    {
        ApiVersion = pod.ApiVersion,
        Kind = pod.Kind,
        Metadata = pod.Metadata,
        Spec = pod.Spec,
        Status = latest,
    };

    /// <summary>The worker is done; the watch may yet say so too.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _interrupt.Dispose();
        }
    }

    private static bool Differs(V1Pod a, V1Pod b) =>
        a.Metadata.Generation != b.Metadata.Generation
        || a.Metadata.DeletionTimestamp != b.Metadata.DeletionTimestamp
        || a.Metadata.DeletionGracePeriodSeconds != b.Metadata.DeletionGracePeriodSeconds
        || !Same(a.Metadata.Labels, b.Metadata.Labels)
        || !Same(a.Metadata.Annotations, b.Metadata.Annotations)
        || a.Spec.ReadinessGates is { Count: > 0 };

    private static bool Same(IDictionary<string, string>? a, IDictionary<string, string>? b) =>
        (a?.Count ?? 0) == (b?.Count ?? 0)
        && (a is null || a.All(pair => b!.TryGetValue(pair.Key, out var value) && value == pair.Value));
}
