using k8s.Models;

namespace Tandem.Kubernetes.Node.Pods;

/// <summary>
/// The order in which a pod's containers get their SIGTERM: the main ones at once, then the sidecars one after the other, the last
/// first (KEP-753). All share the pod's grace: what one has waited for its turn it does not get again.
/// </summary>
internal sealed class TerminationOrder
{
    private readonly Dictionary<string, TaskCompletionSource> _ended;
    private readonly List<string> _sidecars;

    /// <param name="pod">The pod.</param>
    /// <param name="running">Names of the containers that are to be stopped.</param>
    public TerminationOrder(V1Pod pod, IEnumerable<string> running)
    {
        _ended = running.Distinct().ToDictionary(n => n, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        _sidecars = [.. pod.InitContainers().Where(c => c.IsSidecar()).Select(c => c.Name)];
    }

    /// <summary>Waits until those before it have ended, or the time is over.</summary>
    public async Task TurnAsync(string container, TimeSpan atMost, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAll(Before(container).Select(n => _ended[n].Task)).WaitAsync(atMost, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // The grace is over for all of them.
        }
    }

    /// <summary>The container has ended, or has been given up.</summary>
    public void Ended(string container) => _ended[container].TrySetResult();

    /// <summary>Who has to end before a container is stopped.</summary>
    public IEnumerable<string> Before(string container)
    {
        var place = _sidecars.IndexOf(container);
        return place < 0 ? [] : _ended.Keys.Where(n => n != container && (_sidecars.IndexOf(n) is var other && (other < 0 || other > place)));
    }
}
