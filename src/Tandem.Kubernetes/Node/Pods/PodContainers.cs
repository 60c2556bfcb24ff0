using k8s.Models;
using Tandem.Kubernetes.Node.Probes;
using Tandem.Kubernetes.Node.Status;

namespace Tandem.Kubernetes.Node.Pods;

/// <summary>Starts and stops single containers of one pod as was decided, with back-off, and remembers which wait and why.</summary>
internal sealed class PodContainers(PodServices services, DesiredPod desired, PodProbes probes, ContainerStarter starter, ContainerStopper stopper)
{
    private static readonly TimeSpan RetryConfig = TimeSpan.FromSeconds(10);

    private readonly BackOff _backOff = new();
    private readonly Dictionary<string, WaitingReason> _waiting = [];

    /// <summary>Containers that could not be started yet.</summary>
    public IReadOnlyDictionary<string, WaitingReason> Waiting => _waiting;

    /// <summary>All that are to run do.</summary>
    public void NoneWaits() => _waiting.Clear();

    public async Task KillAsync(V1Pod pod, PodRuntime runtime, ContainerKill kill, CancellationToken cancellationToken)
    {
        var container = pod.FindContainer(kill.Container.Name);
        var probe = kill.Message.Contains("startup", StringComparison.Ordinal) ? container?.StartupProbe : container?.LivenessProbe;
        probes.Stop(kill.Container.Id);
        await stopper.StopAsync(pod, kill.Container, runtime.ReadySandbox?.Ip ?? "",
            probe?.TerminationGracePeriodSeconds ?? pod.GraceSeconds(), kill.Message, cancellationToken);
    }

    /// <returns>When the pod has to be looked at again.</returns>
    public async Task<TimeSpan> StartAsync(
        V1Pod pod, V1Container container, PodRuntime runtime, IReadOnlyDictionary<string, string> volumes, CancellationToken cancellationToken)
    {
        if (runtime.Latest(container.Name) is { Exited: true } last)
        {
            var now = services.Time.GetUtcNow();
            if (_backOff.Remaining(container.Name, last.FinishedAt, now) is var left && left > TimeSpan.Zero)
            {
                TellCrashLoop(pod, container);
                return left;
            }

            _backOff.Next(container.Name, last.FinishedAt, now);
        }

        using var wanted = CancellationTokenSource.CreateLinkedTokenSource(desired.Interrupt, cancellationToken);
        var waiting = await starter.StartAsync(pod, container, runtime, volumes, wanted.Token, cancellationToken);
        if (waiting is null)
        {
            _waiting.Remove(container.Name);
            return TimeSpan.Zero;
        }

        _waiting[container.Name] = waiting;
        return waiting.Reason switch
        {
            "ErrImagePull" => TimeSpan.FromSeconds(1), // the next pass tells that it is backing off
            "ImagePullBackOff" => services.Images.Remaining(pod, container),
            _ => RetryConfig,
        };
    }

    private void TellCrashLoop(V1Pod pod, V1Container container)
    {
        var delay = (int)_backOff.Delay(container.Name).TotalSeconds;
        var text = delay >= 60 ? $"{delay / 60}m{delay % 60}s" : $"{delay}s"; // Go's wording of a duration
        _waiting[container.Name] = new WaitingReason(
            "CrashLoopBackOff", $"back-off {text} restarting failed container={container.Name} pod={pod.Ref()}");
        services.Api.Event(pod, container.Name, "Warning", "BackOff",
            $"Back-off restarting failed container {container.Name} in pod {pod.Ref()}");
    }
}
