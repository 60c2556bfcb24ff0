using FsCheck.Xunit;
using k8s.Models;
using Tandem.Kubernetes.Node.Pods;
using static Tandem.Kubernetes.Tests.Node.Pods.PodSamples;

namespace Tandem.Kubernetes.Tests.Node.Pods;

public sealed class PodActionsTests
{
    private static readonly Dictionary<string, string> Healthy = [];
    private static readonly HashSet<string> NoneStarted = [];

    [Fact]
    public void Compute_NothingThere_CreatesTheFirstSandbox()
    {
        var actions = Compute(Pod("Always"), PodRuntime.Empty);
        Assert.True(actions is { CreateSandbox: true, SandboxAttempt: 0, KillPod: false, Ended: false });
    }

    [Fact]
    public void Compute_SandboxDied_StopsTheRestAndCreatesTheNext()
    {
        var runtime = new PodRuntime([new Sandbox("s", 3, Ready: false, 1, "")], [Container("a", ContainerPhase.Running)]);
        Assert.True(Compute(Pod("Always"), runtime) is { KillPod: true, CreateSandbox: true, SandboxAttempt: 4 });
    }

    [Theory]
    [InlineData("Always", false)]
    [InlineData("OnFailure", false)]
    [InlineData("Never", true)]
    public void Compute_SandboxDiedUnderRunningContainers_EndsThePodOnlyIfNeverRestarted(string policy, bool ended)
    {
        var running = new[] { Container("a", ContainerPhase.Running), Container("b", ContainerPhase.Running) };
        var actions = Compute(Pod(policy), new PodRuntime([new Sandbox("s", 0, Ready: false, 1, "")], running));
        Assert.Equal((true, ended, !ended), (actions.KillPod, actions.Ended, actions.CreateSandbox));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Compute_EphemeralContainer_StartsOnceEvenBesideInitContainers(bool running)
    {
        var pod = Pod("Always", init: true);
        pod.Spec.EphemeralContainers = [new V1EphemeralContainer { Name = "e", Image = "image" }];

        Assert.Equal("e", Assert.Single(Compute(pod, Ready(Container("i", ContainerPhase.Running))).Start).Name);
        Assert.True(Compute(pod, Ready(Container("i", ContainerPhase.Running), Container("e", running ? ContainerPhase.Running : ContainerPhase.Exited, 1))).Nothing);
    }

    [Fact]
    public void Compute_OnlyAnEphemeralContainerRuns_EndsThePod()
    {
        var pod = Pod("Never");
        pod.Spec.EphemeralContainers = [new V1EphemeralContainer { Name = "e", Image = "image" }];

        Assert.True(Compute(pod, Ready(
            Container("a", ContainerPhase.Exited), Container("b", ContainerPhase.Exited), Container("e", ContainerPhase.Running))).Ended);
    }

    [Fact]
    public void Compute_InitContainerRunning_StartsNoMainContainer()
    {
        var actions = Compute(Pod("Always", init: true), Ready(Container("i", ContainerPhase.Running)));
        Assert.True(actions.Nothing);
    }

    [Fact]
    public void Compute_InitContainerDone_StartsAllMainContainers()
    {
        var actions = Compute(Pod("Always", init: true), Ready(Container("i", ContainerPhase.Exited)));
        Assert.Equal(["a", "b"], actions.Start.Select(c => c.Name));
    }

    [Theory]
    [InlineData("Always", false)]
    [InlineData("OnFailure", false)]
    [InlineData("Never", true)]
    public void Compute_InitContainerFailed_EndsThePodOnlyIfNeverRestarted(string policy, bool ended)
    {
        var actions = Compute(Pod(policy, init: true), Ready(Container("i", ContainerPhase.Exited, exit: 1)));
        Assert.Equal(ended, actions.Ended);
        Assert.Equal(ended ? [] : ["i"], actions.Start.Select(c => c.Name));
    }

    [Theory]
    [InlineData("Always", 0, "a")]
    [InlineData("Always", 1, "a")]
    [InlineData("OnFailure", 0, "")]
    [InlineData("OnFailure", 1, "a")]
    [InlineData("Never", 1, "")]
    public void Compute_MainContainerExited_RestartsByThePolicy(string policy, int exit, string restarted)
    {
        var actions = Compute(Pod(policy), Ready(Container("a", ContainerPhase.Exited, exit), Container("b", ContainerPhase.Running)));
        Assert.Equal(restarted, string.Join(',', actions.Start.Select(c => c.Name)));
        Assert.False(actions.Ended);
    }

    [Fact]
    public void Compute_LivenessFailed_KillsThatContainerAlone()
    {
        var runtime = Ready(Container("a", ContainerPhase.Running), Container("b", ContainerPhase.Running));
        var actions = PodActions.Compute(Pod("Always"), runtime, new Dictionary<string, string> { ["a-id"] = "liveness" }, NoneStarted);
        Assert.Equal("Container a failed liveness probe, will be restarted", Assert.Single(actions.Kill).Message);
        Assert.Empty(actions.Start);
    }

    [Fact]
    public void Compute_SidecarNotStarted_HoldsTheMainContainers()
    {
        var pod = Pod("Always", init: true);
        pod.Spec.InitContainers[0].RestartPolicy = "Always";
        var runtime = Ready(Container("i", ContainerPhase.Running));
        Assert.True(Compute(pod, runtime).Nothing);
        Assert.Equal(2, PodActions.Compute(pod, runtime, Healthy, new HashSet<string> { "i-id" }).Start.Length);
    }

    // Whatever is there: what runs well is never started again, and a pod that has ended starts nothing.
    [Property(MaxTest = 500)]
    public bool Compute_AnyState_NeverStartsWhatRunsNorEndsWhatMayRun(byte policy, byte a, byte b, byte i, bool init, bool sandbox)
    {
        var pod = Pod(((string[])["Always", "OnFailure", "Never"])[policy % 3], init);
        var containers = new[] { Any("a", a), Any("b", b), init ? Any("i", i) : null }.OfType<ContainerInstance>().ToArray();
        var runtime = new PodRuntime([new Sandbox("s", 0, sandbox, 1, "10.0.0.1")], containers);
        var actions = Compute(pod, runtime);
        var startsRunning = actions.Start.Any(c => runtime.Latest(c.Name) is { Running: true });
        var endsRunning = actions.Ended && sandbox && containers.Any(c => c.Running && c.Name != "i");
        var startsEnded = actions.Ended && (actions.Start.Length > 0 || actions.CreateSandbox);
        var endsAlways = actions.Ended && pod.RestartPolicy() == "Always";
        return !startsRunning && !endsRunning && !startsEnded && !endsAlways;
    }

    private static ContainerInstance? Any(string name, byte kind) => (kind % 5) switch
    {
        0 => null,
        1 => Container(name, ContainerPhase.Running),
        2 => Container(name, ContainerPhase.Exited),
        3 => Container(name, ContainerPhase.Exited, exit: 1),
        _ => Container(name, ContainerPhase.Created),
    };

    private static PodActions Compute(V1Pod pod, PodRuntime runtime) => PodActions.Compute(pod, runtime, Healthy, NoneStarted);
}
