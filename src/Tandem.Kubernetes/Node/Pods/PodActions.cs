using System.Collections.Immutable;
using k8s.Models;

namespace Tandem.Kubernetes.Node.Pods;

/// <summary>A running container that has to go, and how the event words it.</summary>
internal sealed record ContainerKill(ContainerInstance Container, string Message);

/// <summary>
/// What to do next for a pod that is to run: a pure function of its specification and of what the runtime holds.
/// Back-off is applied by whoever carries it out.
/// </summary>
internal sealed record PodActions
{
    /// <summary>All containers and sandboxes there are must be stopped first: the sandbox is dead, or the pod has ended.</summary>
    public bool KillPod { get; init; }

    /// <summary>No container of the pod runs or will run again.</summary>
    public bool Ended { get; init; }

    public bool CreateSandbox { get; init; }

    /// <summary>Attempt number of the sandbox to be created.</summary>
    public uint SandboxAttempt { get; init; }

    public ImmutableArray<ContainerKill> Kill { get; init; } = [];

    public ImmutableArray<V1Container> Start { get; init; } = [];

    public bool Nothing => !KillPod && !CreateSandbox && Kill.IsEmpty && Start.IsEmpty;

    /// <param name="pod">The pod as the API has it.</param>
    /// <param name="runtime">What the runtime holds for it.</param>
    /// <param name="unhealthy">Containers, by id, that failed their liveness or startup probe: "liveness" or "startup".</param>
    /// <param name="started">Containers, by id, that have passed their startup probe or have none.</param>
    public static PodActions Compute(
        V1Pod pod, PodRuntime runtime, IReadOnlyDictionary<string, string> unhealthy, IReadOnlySet<string> started)
    {
        var ready = runtime.Sandboxes.Count(s => s.Ready);
        if (runtime.ReadySandbox is null || ready > 1)
            return WithoutSandbox(pod, runtime);

        var kill = ImmutableArray.CreateBuilder<ContainerKill>();
        var start = ImmutableArray.CreateBuilder<V1Container>();
        // Started once, in whatever state the others are, and never again.
        V1Container[] ephemeral = [.. pod.EphemeralContainers().Where(c => runtime.Latest(c.Name) is null)];
        var init = InitContainers(pod, runtime, started, start);
        if (init == InitProgress.Failed)
            return new PodActions { KillPod = true, Ended = true };
        CollectUnhealthy(pod, runtime, unhealthy, kill);
        if (init == InitProgress.Waiting)
            return new PodActions { Kill = kill.ToImmutable(), Start = [.. ephemeral, .. start] };

        var keep = 0;
        foreach (var container in pod.Spec.Containers)
        {
            var current = runtime.Latest(container.Name);
            if (current is { Running: true })
            {
                var killed = kill.Any(k => k.Container.Id == current.Id);
                keep += killed && pod.RestartPolicy() == "Never" ? 0 : 1;
            }
            else if (ShouldStart(pod, current))
            {
                start.Add(container);
            }
        }

        var ended = keep == 0 && start.All(c => c.IsSidecar() && pod.InitContainers().Contains(c)) && kill.Count == 0;
        return ended
            ? new PodActions { KillPod = true, Ended = true }
            : new PodActions { Kill = kill.ToImmutable(), Start = [.. ephemeral, .. start] };
    }

    /// <summary>Whether a container that is not running is to be started, by the pod's restart policy.</summary>
    public static bool ShouldStart(V1Pod pod, ContainerInstance? current) => current switch
    {
        null => true,
        { Running: true } => false,
        { Phase: ContainerPhase.Created or ContainerPhase.Unknown } => true,
        _ => pod.RestartPolicy() switch
        {
            "Never" => false,
            "OnFailure" => current.ExitCode != 0,
            _ => true,
        },
    };

    /// <summary>A digest of what a change of forces a new container.</summary>
    public static string Hash(V1Container container) =>
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(
            System.Text.Encoding.UTF8.GetBytes($"{container.Name}\n{container.Image}")))[..8];

    private static PodActions WithoutSandbox(V1Pod pod, PodRuntime runtime)
    {
        var attempt = runtime.Sandbox is { } last ? last.Attempt + 1 : 0;
        var leftovers = runtime.Sandboxes.Any(s => s.Ready) || runtime.Containers.Any(c => c.Running);
        // What still runs loses its network with the sandbox: it is stopped, and counts as failed.
        var never = pod.RestartPolicy() == "Never";
        var anyToStart = !(never && runtime.Containers.Count > 0)
            && pod.Spec.Containers.Any(c => runtime.Latest(c.Name) is { Running: true } || ShouldStart(pod, runtime.Latest(c.Name)));
        // A pod whose containers have all ended for good needs no new sandbox.
        return anyToStart
            ? new PodActions { KillPod = leftovers, CreateSandbox = true, SandboxAttempt = attempt }
            : new PodActions { KillPod = leftovers, Ended = true };
    }

    private static void CollectUnhealthy(
        V1Pod pod, PodRuntime runtime, IReadOnlyDictionary<string, string> unhealthy, ImmutableArray<ContainerKill>.Builder kill)
    {
        foreach (var container in pod.Spec.Containers.Concat(pod.InitContainers().Where(c => c.IsSidecar())))
        {
            if (runtime.Latest(container.Name) is not { Running: true } current)
                continue;
            if (current.Hash != Hash(container))
                kill.Add(new ContainerKill(current, $"Container {container.Name} definition changed, will be restarted"));
            else if (unhealthy.TryGetValue(current.Id, out var probe))
                kill.Add(new ContainerKill(current, $"Container {container.Name} failed {probe} probe, will be restarted"));
        }
    }

    private static InitProgress InitContainers(
        V1Pod pod, PodRuntime runtime, IReadOnlySet<string> started, ImmutableArray<V1Container>.Builder start)
    {
        // Once a main container of this sandbox exists, the ordinary init containers are over, even if they were collected.
        var sandbox = runtime.ReadySandbox!.Id;
        var initialized = pod.Spec.Containers.Any(c => runtime.Latest(c.Name)?.SandboxId == sandbox);
        foreach (var container in pod.InitContainers())
        {
            // Init containers run again in a new sandbox.
            var current = runtime.Latest(container.Name) is { } latest && latest.SandboxId == sandbox ? latest : null;
            if (container.IsSidecar())
            {
                if (current is not { Running: true })
                    start.Add(container);
                if (!initialized && (current is not { Running: true } || !started.Contains(current.Id)))
                    return InitProgress.Waiting;
            }
            else if (!initialized && current is not { Succeeded: true })
            {
                if (current is { Exited: true } && pod.RestartPolicy() == "Never")
                    return InitProgress.Failed;
                if (current is not { Running: true })
                    start.Add(container);
                return InitProgress.Waiting;
            }
        }

        return InitProgress.Done;
    }

    private enum InitProgress
    {
        Waiting,
        Failed,
        Done,
    }
}
