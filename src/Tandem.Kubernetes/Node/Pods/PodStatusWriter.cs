using k8s;
using k8s.Models;
using Tandem.Kubernetes.Node.Status;

namespace Tandem.Kubernetes.Node.Pods;

/// <summary>Writes one pod's status to the API where it differs from what was last written.</summary>
internal sealed class PodStatusWriter(INodeApi api)
{
    private string? _written;

    /// <summary>The status last written, newer than what the watch has shown.</summary>
    public V1PodStatus? Latest { get; private set; }

    /// <returns>False where the API has no such pod any more.</returns>
    public async Task<bool> WriteAsync(PodStatusInput input, CancellationToken cancellationToken)
    {
        var status = PodStatusBuilder.Build(input);
        var text = KubernetesJson.Serialize(status);
        if (text == (_written ?? (input.Pod.Status is null ? null : KubernetesJson.Serialize(input.Pod.Status))))
            return true;
        var there = await api.PatchStatusAsync(input.Pod, status, cancellationToken);
        (_written, Latest) = (text, status);
        return there;
    }
}
