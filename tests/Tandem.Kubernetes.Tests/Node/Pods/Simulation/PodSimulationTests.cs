using FsCheck.Xunit;
using k8s.Models;
using Tandem.Kubernetes.Node.Pods;

namespace Tandem.Kubernetes.Tests.Node.Pods.Simulation;

/// <summary>Pods whose containers end, whose sandboxes are lost, and whose agent is killed at any step.</summary>
public sealed class PodSimulationTests
{
    [Property(MaxTest = 3000)]
    public void Compute_AnyLifeOfAPod_BreaksNoLawAndComesToItsEnd(PodHistory history) => history.Live(PodActions.Compute);

    // The simulation itself is tested: decisions that are wrong in one respect, and the law that has to tell.
    [Theory]
    [InlineData("sidecars are not awaited", "has to be started before")]
    [InlineData("init containers are forgotten", "is done in this sandbox")]
    [InlineData("init containers are skipped", "has to succeed before")]
    [InlineData("always restarts", "is not to start again")]
    [InlineData("never restarts", "the pod is stuck")]
    [InlineData("sandboxes are not replaced", "the pod is stuck")]
    [InlineData("what runs is left to the next sandbox", "no container runs when a sandbox is made")]
    [InlineData("does not see what runs", "runs already")]
    public void Simulation_OfAWrongDecision_FindsIt(string wrong, string law)
    {
        var random = new Random(1);
        var broken = Enumerable.Range(0, 3000).Select(_ => Broken(PodHistory.Random(random), Wrong(wrong))).OfType<string>();
        Assert.Contains(broken, b => b.Contains(law, StringComparison.Ordinal));
    }

    private static string? Broken(PodHistory history, Decision decide)
    {
        try
        {
            history.Live(decide);
            return null;
        }
        catch (LawBrokenException e)
        {
            return e.Message;
        }
    }

    private static Decision Wrong(string how) => (pod, runtime, unhealthy, started) =>
    {
        var init = pod.InitContainers().Where(c => !c.IsSidecar()).Select(c => c.Name).ToHashSet();
        PodActions Right() => PodActions.Compute(pod, runtime, unhealthy, started);
        return how switch
        {
            "sidecars are not awaited" => PodActions.Compute(pod, runtime, unhealthy, runtime.Containers.Select(c => c.Id).ToHashSet()),
            "init containers are forgotten" => PodActions.Compute(pod, Without(runtime, c => init.Contains(c.Name) && !c.Running), unhealthy, started),
            "init containers are skipped" => PodActions.Compute(With(pod, s => s.InitContainers = null), runtime, unhealthy, started),
            "always restarts" => PodActions.Compute(With(pod, s => s.RestartPolicy = "Always"), runtime, unhealthy, started),
            "never restarts" => Right() is var a ? a with { Start = [.. a.Start.Where(c => runtime.Latest(c.Name) is null)] } : a,
            "sandboxes are not replaced" => Right() with { CreateSandbox = Right() is { CreateSandbox: true, SandboxAttempt: 0 } },
            "what runs is left to the next sandbox" => Right() is { CreateSandbox: true } a ? a with { KillPod = false } : Right(),
            _ => PodActions.Compute(pod, Without(runtime, c => c.Running), unhealthy, started),
        };
    };

    private static PodRuntime Without(PodRuntime runtime, Func<ContainerInstance, bool> hidden) => runtime with { Containers = [.. runtime.Containers.Where(c => !hidden(c))] };

    private static V1Pod With(V1Pod pod, Action<V1PodSpec> change)
    {
        var other = new V1Pod { Metadata = pod.Metadata, Status = pod.Status, Spec = new V1PodSpec { RestartPolicy = pod.Spec.RestartPolicy, InitContainers = pod.Spec.InitContainers, Containers = pod.Spec.Containers } };
        change(other.Spec);
        return other;
    }
}
