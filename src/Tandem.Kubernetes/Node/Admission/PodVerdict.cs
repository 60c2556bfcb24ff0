namespace Tandem.Kubernetes.Node.Admission;

/// <summary>Why the node ends a pod, or does not begin it: what its status then says.</summary>
/// <param name="Reason">Such as <c>Evicted</c> or <c>SysctlForbidden</c>.</param>
/// <param name="Message">As the kubelet words it.</param>
internal sealed record PodVerdict(string Reason, string Message)
{
    /// <summary>The pod ends for the node's sake, not for its own: its condition DisruptionTarget says so.</summary>
    public bool IsDisruption { get; init; }
}
