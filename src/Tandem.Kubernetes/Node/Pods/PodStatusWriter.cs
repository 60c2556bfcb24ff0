using System.Globalization;
using k8s;
using k8s.Models;
using Tandem.Kubernetes.Node.Status;

namespace Tandem.Kubernetes.Node.Pods;

/// <summary>Writes one pod's status to the API where it differs from what was last written.</summary>
internal sealed class PodStatusWriter(INodeApi api)
{
    private string? _written;
    private long _revision;
    private volatile bool _overwritten;

    /// <summary>The status last written, newer than what the watch has shown.</summary>
    public V1PodStatus? Latest { get; private set; }

    /// <summary>The API shows a pod: somebody else may have changed what is ours to say, as when the node was taken for dead.</summary>
    /// <returns>Whether the status has to be written again.</returns>
    public bool Notice(V1Pod pod)
    {
        // What the watch brings of the time before our last write is no answer to it.
        if (Latest is not { } latest || !long.TryParse(pod.Metadata.ResourceVersion, CultureInfo.InvariantCulture, out var revision)
            || revision <= Interlocked.Read(ref _revision))
            return false;
        var shown = (pod.Status?.Conditions ?? []).Where(c => PodConditions.IsOwn(c.Type)).ToDictionary(c => c.Type, c => c.Status);
        var differs = latest.Conditions.Any(c => PodConditions.IsOwn(c.Type) && shown.GetValueOrDefault(c.Type) != c.Status);
        if (differs)
            _overwritten = true;
        return differs;
    }

    /// <returns>False where the API has no such pod any more.</returns>
    public async Task<bool> WriteAsync(PodStatusInput input, CancellationToken cancellationToken)
    {
        var status = PodStatusBuilder.Build(input);
        var text = KubernetesJson.Serialize(status);
        if (!_overwritten && text == (_written ?? (input.Pod.Status is null ? null : KubernetesJson.Serialize(input.Pod.Status))))
            return true;
        _overwritten = false;
        var written = await api.PatchStatusAsync(input.Pod, status, cancellationToken);
        (_written, Latest) = (text, status);
        if (written is not null)
            Interlocked.Exchange(ref _revision, long.Parse(written.Metadata.ResourceVersion, CultureInfo.InvariantCulture));
        return written is not null;
    }
}
