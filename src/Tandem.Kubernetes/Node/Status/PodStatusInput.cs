using k8s.Models;
using Tandem.Kubernetes.Node.Admission;
using Tandem.Kubernetes.Node.Pods;

namespace Tandem.Kubernetes.Node.Status;

/// <summary>All that a pod's status is worked out from.</summary>
internal sealed record PodStatusInput
{
    /// <summary>The pod as last seen or written, with the status it had.</summary>
    public required V1Pod Pod { get; init; }

    public required PodRuntime Runtime { get; init; }

    public required string HostIp { get; init; }

    public required DateTimeOffset Now { get; init; }

    /// <summary>By container id.</summary>
    public IReadOnlyDictionary<string, ContainerHealth> Health { get; init; } = new Dictionary<string, ContainerHealth>();

    /// <summary>By container name.</summary>
    public IReadOnlyDictionary<string, WaitingReason> Waiting { get; init; } = new Dictionary<string, WaitingReason>();

    /// <summary>The pod is being stopped: it takes no more traffic.</summary>
    public bool Terminating { get; init; }

    /// <summary>Why the node has ended the pod, where it has.</summary>
    public PodVerdict? Verdict { get; init; }

    /// <summary>Nothing of the pod runs, and nothing of it will run again.</summary>
    public bool Ended { get; init; }
}
