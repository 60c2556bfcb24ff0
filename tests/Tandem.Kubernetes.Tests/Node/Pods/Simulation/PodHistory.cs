using k8s.Models;
using Tandem.Kubernetes.Node.Pods;

namespace Tandem.Kubernetes.Tests.Node.Pods.Simulation;

/// <summary>The life of one pod: what it is, and what befalls it between the passes of its agent.</summary>
/// <param name="Policy">Which restart policy.</param>
/// <param name="Init">Of each init container, whether it is a sidecar, and whether it has a startup probe.</param>
/// <param name="Main">How many main containers.</param>
/// <param name="Blows">What happens, and to which.</param>
public sealed record PodHistory(byte Policy, byte[] Init, byte Main, (byte Kind, byte Which)[] Blows)
{
    private const int Patience = 100;

    public static PodHistory Random(Random random) => new(
        (byte)random.Next(3), [.. Enumerable.Range(0, random.Next(4)).Select(_ => (byte)random.Next(4))], (byte)random.Next(3),
        [.. Enumerable.Range(0, random.Next(40)).Select(_ => ((byte)random.Next(256), (byte)random.Next(256)))]);

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Pod().RestartPolicy()}, init {string.Join(' ', Init.Select(i => i % 4))}, main {1 + (Main % 3)}, {string.Join(' ', Blows.Select(b => $"{b.Kind % 8}:{b.Which}"))}";

    /// <summary>Lives it.</summary>
    /// <exception cref="LawBrokenException">Something happened that may never.</exception>
    internal void Live(Decision decide)
    {
        var pod = Pod();
        var (runtime, laws) = (new ModelRuntime(), new PodLaws(pod));
        var agent = new ModelAgent(pod, runtime, laws, decide);
        foreach (var (kind, which) in Blows)
        {
            Befall(kind % 8, which, runtime, laws, agent);
            agent.Pass(kind % 8 == 7 ? which % 16 : int.MaxValue);
        }

        LiveOn(pod, runtime, laws, agent);
    }

    private static void Befall(int kind, byte which, ModelRuntime runtime, PodLaws laws, ModelAgent agent)
    {
        var running = runtime.Running;
        agent.StopCode = which % 2 == 0 ? 137 : 0;
        if (kind == 4 && runtime.Content.ReadySandbox is { } sandbox)
            runtime.StopSandbox(sandbox); // its containers run on
        if (running.Count == 0)
            return;
        var one = running[which % running.Count];
        if (kind is 0 or 1)
            Exit(one, kind, runtime, laws);
        if (kind is 2 or 3)
            agent.Probe(one, succeeds: kind == 2);
        if (kind == 5)
            Reboot(runtime, laws);
    }

    private static void Reboot(ModelRuntime runtime, PodLaws laws)
    {
        foreach (var container in runtime.Running)
            Exit(container, 255, runtime, laws);
        foreach (var sandbox in runtime.Content.Sandboxes.Where(s => s.Ready))
            runtime.StopSandbox(sandbox);
    }

    private static void Exit(ContainerInstance container, int code, ModelRuntime runtime, PodLaws laws)
    {
        laws.Exited(container, code);
        runtime.Exit(container, code);
    }

    // Nothing goes wrong any more: what is to run for ever runs, and what is to end does.
    private static void LiveOn(V1Pod pod, ModelRuntime runtime, PodLaws laws, ModelAgent agent)
    {
        var always = pod.RestartPolicy() == "Always";
        bool Arrived() => always
            ? pod.Spec.Containers.Concat(pod.InitContainers().Where(c => c.IsSidecar())).All(c => runtime.Running.Any(r => r.Name == c.Name)) && agent.Status!.Phase == "Running"
            : agent.IsFinished && runtime.Running.Count == 0;
        for (var pass = 0; !(pass > 0 && Arrived()); pass++)
        {
            PodLaws.Require(pass < Patience, $"the pod is stuck in {agent.Status?.Phase} with {string.Join(", ", runtime.Running.Select(c => c.Name))} running");
            foreach (var container in runtime.Running)
            {
                agent.Probe(container, succeeds: true);
                if (!pod.FindContainer(container.Name)!.IsSidecar() && !(always && pod.Spec.Containers.Any(c => c.Name == container.Name)))
                    Exit(container, 0, runtime, laws);
            }

            agent.Pass();
        }

        var (status, content) = (agent.Status, runtime.Content);
        agent.Pass();
        PodLaws.Require(agent.Status!.Phase == status!.Phase && runtime.Content.Containers.SequenceEqual(content.Containers), "a pod that has arrived stays as it is");
    }

    private V1Pod Pod()
    {
        var pod = PodSamples.Pod(((string[])["Always", "OnFailure", "Never"])[Policy % 3]);
        pod.Spec.Containers = [.. Enumerable.Range(0, 1 + (Main % 3)).Select(i => new V1Container { Name = $"main{i}-", Image = "image" })];
        pod.Spec.InitContainers =
        [
            .. Init.Take(4).Select((kind, i) => new V1Container
            {
                Name = $"init{i}-", Image = "image", RestartPolicy = kind % 2 == 1 ? "Always" : null, StartupProbe = kind % 4 == 3 ? new V1Probe() : null,
            }),
        ];
        return pod;
    }
}
