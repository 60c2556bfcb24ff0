using FsCheck.Xunit;
using k8s;
using k8s.Models;
using Tandem.Kubernetes.Node.Pods;
using Tandem.Kubernetes.Node.Status;
using static Tandem.Kubernetes.Tests.Node.Pods.PodSamples;

namespace Tandem.Kubernetes.Tests.Node.Status;

public sealed class PodStatusBuilderTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Build_FromCreationToReady_FollowsTheKubeletsSequence()
    {
        var pod = Pod("Always", init: true);
        Assert.Equal("Pending|PodReadyToStartContainers=False Initialized=False:ContainersNotInitialized Ready=False:ContainersNotReady "
            + "ContainersReady=False:ContainersNotReady PodScheduled=True|PodInitializing PodInitializing", Text(Build(pod, PodRuntime.Empty)));
        Assert.StartsWith("Pending|PodReadyToStartContainers=True Initialized=False", Text(Build(pod, Ready(Container("i", ContainerPhase.Running)))), StringComparison.Ordinal);
        Assert.StartsWith("Pending|PodReadyToStartContainers=True Initialized=True Ready=False", Text(Build(pod, Ready(Container("i", ContainerPhase.Exited)))), StringComparison.Ordinal);
        var running = Ready(Container("i", ContainerPhase.Exited), Container("a", ContainerPhase.Running), Container("b", ContainerPhase.Running));
        Assert.StartsWith("Running|PodReadyToStartContainers=True Initialized=True Ready=False:ContainersNotReady", Text(Build(pod, running)), StringComparison.Ordinal);
        var health = new Dictionary<string, ContainerHealth> { ["a-id"] = new(true, true), ["b-id"] = new(true, true) };
        Assert.Equal("Running|PodReadyToStartContainers=True Initialized=True Ready=True ContainersReady=True PodScheduled=True|run run",
            Text(Build(pod, running, input => input with { Health = health })));
    }

    [Fact]
    public void Build_EphemeralContainer_HasAStatusThatCountsForNothing()
    {
        var pod = Pod("Always");
        pod.Spec.EphemeralContainers = [new V1EphemeralContainer { Name = "e", Image = "image" }];
        var runtime = Ready(Container("a", ContainerPhase.Running), Container("b", ContainerPhase.Running), Container("e", ContainerPhase.Exited, 1));
        var health = new Dictionary<string, ContainerHealth> { ["a-id"] = new(true, true), ["b-id"] = new(true, true) };

        var status = Build(pod, runtime, input => input with { Health = health });

        Assert.Equal(("Running", 2), (status.Phase, status.ContainerStatuses.Count));
        Assert.Equal("True", status.Conditions.Single(c => c.Type == "Ready").Status);
        var own = Assert.Single(status.EphemeralContainerStatuses);
        Assert.Equal((1, false, null), (own.State.Terminated.ExitCode, own.Ready, own.Started));
    }

    [Fact]
    public void Build_TerminatedWithError_IsFailedAndNotReady()
    {
        var runtime = new PodRuntime([new Sandbox("s", 0, false, 1, "")], [Container("a", ContainerPhase.Exited, 137), Container("b", ContainerPhase.Exited)]);
        Assert.Equal("Failed|PodReadyToStartContainers=False Initialized=True Ready=False:PodFailed ContainersReady=False:PodFailed PodScheduled=True|Error Completed",
            Text(Build(Pod("Always"), runtime, input => input with { Terminating = true, Ended = true })));
    }

    [Fact]
    public void Build_CrashLoop_WaitsWithTheLastEnd()
    {
        var waiting = new Dictionary<string, WaitingReason> { ["a"] = new("CrashLoopBackOff", "back-off") };
        var status = Build(Pod("Always"), Ready(Container("a", ContainerPhase.Exited, 3), Container("b", ContainerPhase.Running)), i => i with { Waiting = waiting });
        Assert.Equal("Running", status.Phase);
        Assert.Equal("CrashLoopBackOff", status.ContainerStatuses[0].State.Waiting.Reason);
        Assert.Equal(3, status.ContainerStatuses[0].LastState.Terminated.ExitCode);
    }

    [Fact]
    public void Build_Again_KeepsTransitionTimes()
    {
        var pod = Pod("Always");
        pod.Status = Build(pod, PodRuntime.Empty);
        var later = Build(pod, Ready(), input => input with { Now = Now.AddMinutes(1) });
        Assert.Equal(Now.AddMinutes(1).UtcDateTime, later.Conditions.Single(c => c.Type == "PodReadyToStartContainers").LastTransitionTime);
        Assert.Equal(Now.UtcDateTime, later.Conditions.Single(c => c.Type == "PodScheduled").LastTransitionTime);
        Assert.Equal(Now.UtcDateTime, later.StartTime);
    }

    [Fact]
    public void StatusPatch_OfAFieldThatIsGone_ClearsItAndDemandsTheUid()
    {
        var pod = Pod("Always");
        pod.Status = new V1PodStatus { Message = "old", Phase = "Pending" };
        Assert.Equal("""{"metadata":{"uid":"u"},"status":{"phase":"Running","message":null}}""", StatusPatch.Build(pod, new V1PodStatus { Phase = "Running" }));
    }

    // A second look at the same state must not cause a write.
    [Property(MaxTest = 300)]
    public bool Build_SameStateTwice_IsEqual(byte a, byte b, bool init, bool ended)
    {
        var pod = Pod("OnFailure", init);
        var runtime = Ready(Container("a", (ContainerPhase)(a % 4), a % 3), Container("b", (ContainerPhase)(b % 4), b % 2));
        pod.Status = Build(pod, runtime, i => i with { Ended = ended });
        var again = Build(pod, runtime, i => i with { Ended = ended, Now = Now.AddHours(1) });
        return KubernetesJson.Serialize(pod.Status) == KubernetesJson.Serialize(again);
    }

    private static V1PodStatus Build(V1Pod pod, PodRuntime runtime, Func<PodStatusInput, PodStatusInput>? change = null)
    {
        var input = new PodStatusInput { Pod = pod, Runtime = runtime, HostIp = "172.30.0.11", Now = Now };
        return PodStatusBuilder.Build(change?.Invoke(input) ?? input);
    }

    private static string Text(V1PodStatus status) =>
        $"{status.Phase}|{string.Join(' ', status.Conditions.Select(c => $"{c.Type}={c.Status}{(c.Reason is null ? "" : ":" + c.Reason)}"))}|"
        + string.Join(' ', status.ContainerStatuses.Select(c => c.State.Running is not null ? "run" : c.State.Waiting?.Reason ?? c.State.Terminated.Reason));
}
