namespace Tandem.Kubernetes.Network.Conntrack;

/// <summary>Has the kernel forget the UDP flows that the rules would no longer let begin.</summary>
internal sealed class StaleFlows(ConntrackSocket kernel)
{
    private UdpTargets? _before;

    /// <summary>To be called when the rules of a model are in force: whoever sends from then on is judged by them.</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">The kernel refused.</exception>
    public void Remove(NetworkModel model)
    {
        var targets = UdpTargets.Of(model);
        // All of the kernel's flows are read: not for a change of something else.
        if (targets.Equals(_before))
            return;
        foreach (var flow in targets.Stale(kernel.List(), _before))
            kernel.Remove(flow);
        _before = targets;
    }
}
