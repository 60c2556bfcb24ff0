using System.Globalization;
using k8s.Models;
using Tandem.Kubernetes.Node.Cgroups;
using Tandem.Processes;

namespace Tandem.Kubernetes.Tests.Node.Real;

/// <summary>What happens to real pods when what they stand on is killed, and what is left when they are gone.</summary>
public sealed class PodFaultTests(ContainerdFixture node) : IClassFixture<ContainerdFixture>
{
    [Theory]
    [InlineData("pause", false)]
    [InlineData("shim", true)]
    public async Task SandboxProcess_Killed_PodRestartsInANewSandbox(string name, bool shim)
    {
        var pod = await RunningAsync(name);
        var before = node.Api.Pod(name)!.Status.ContainerStatuses[0].ContainerID;
        var pause = await node.PausePidAsync(pod.Metadata.Uid);
        var written = node.Api.Written.Count;
        await KillAsync(shim ? Parent(pause) : pause);

        await node.UntilAsync(name, s => s.ContainerStatuses[0].RestartCount == 1 && Condition(s, "Ready") == "True");
        Assert.Contains("SandboxChanged: Pod sandbox changed, it will be killed and re-created.", node.Api.Told(name), StringComparison.Ordinal);
        var status = node.Api.Pod(name)!.Status;
        Assert.Equal(before, status.ContainerStatuses[0].LastState.Terminated.ContainerID);
        Assert.DoesNotContain(node.Api.Written, w => w.Pod == name && w.Status.Phase is "Failed" or "Succeeded");
        Assert.Contains(node.Api.Written.Skip(written), w => w.Pod == name && Condition(w.Status, "PodReadyToStartContainers") == "False" && Condition(w.Status, "Initialized") == "True");
    }

    [Fact]
    public async Task EntryPoint_ThatDoesNotExist_IsToldAndBacksOff()
    {
        node.Api.Create(Pod("broken", "command: [/nothing]"));
        await node.UntilAsync("broken", s => s.ContainerStatuses?[0].State.Waiting?.Reason == "CrashLoopBackOff");

        var container = node.Api.Pod("broken")!.Status.ContainerStatuses[0];
        Assert.Equal((1, 128, "StartError", DateTime.UnixEpoch), (container.RestartCount, container.LastState.Terminated.ExitCode,
            container.LastState.Terminated.Reason, container.LastState.Terminated.StartedAt));
        Assert.Contains("\"/nothing\": stat /nothing: no such file or directory", container.LastState.Terminated.Message, StringComparison.Ordinal);
        Assert.Contains(node.Api.Written, w => w.Pod == "broken" && w.Status.ContainerStatuses[0].State.Waiting?.Reason == "RunContainerError");
        Assert.Contains("Failed: Error: failed to create containerd task", node.Api.Told("broken"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Agent_RestartedWhileAContainerCrashes_GoesOnCounting()
    {
        node.Api.Create(Pod("counted", "command: [sh, -c, \"exit 3\"]"));
        await node.UntilAsync("counted", s => s.ContainerStatuses?[0].RestartCount == 1 && s.ContainerStatuses[0].State.Waiting is not null);
        await node.StopAgentAsync();
        node.StartAgent();

        await node.UntilAsync("counted", s => s.ContainerStatuses[0].RestartCount == 2);
        Assert.DoesNotContain(node.Api.Written, w => w.Pod == "counted" && w.Status.ContainerStatuses?[0].RestartCount > 2);
    }

    [Fact]
    public async Task Machine_Rebooted_PodsRestartWithTheirCounts()
    {
        await RunningAsync("rebooted");
        node.Api.Create(Pod("done", "command: [\"true\"]", "restartPolicy: Never"));
        await node.UntilAsync("done", s => s.Phase == "Succeeded");

        await node.RebootAsync();

        await node.UntilAsync("rebooted", s => s.ContainerStatuses[0].RestartCount == 1 && Condition(s, "Ready") == "True");
        Assert.Equal("Running", node.Api.Pod("rebooted")!.Status.Phase);
        Assert.NotNull(node.Api.Pod("rebooted")!.Status.ContainerStatuses[0].LastState.Terminated);
        Assert.DoesNotContain(node.Api.Written, w => w.Pod == "rebooted" && w.Status.Phase == "Pending" && w.Status.ContainerStatuses?[0].RestartCount > 0);
        Assert.Equal(("Succeeded", "Completed"), (node.Api.Pod("done")!.Status.Phase, node.Api.Pod("done")!.Status.ContainerStatuses[0].State.Terminated.Reason));
    }

    [Fact]
    public async Task Readiness_TakenAwayByTheNodeController_IsGivenBack()
    {
        await RunningAsync("doubted");
        node.Api.SetCondition("doubted", "Ready", "False");
        await node.UntilAsync("doubted", s => Condition(s, "Ready") == "True");
    }

    [Fact]
    public async Task Agent_KilledWhileItRemovedAPod_RemovesTheRest()
    {
        var uid = Guid.NewGuid().ToString();
        var logs = Path.Combine(node.Options.LogsDirectory, $"default_half_{uid}");
        var cgroup = $"{node.Cgroup}/kubepods/besteffort/pod{uid}";
        await node.StopAgentAsync();
        Directory.CreateDirectory(Path.Combine(logs, "c"));
        CgroupTree.Create(cgroup);

        node.StartAgent();

        await Eventually.TrueAsync(() => Task.FromResult(!Directory.Exists(logs)), "the logs are gone");
        Assert.Empty(Directory.EnumerateDirectories("/sys/fs/cgroup", $"pod{uid}", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Sidecars_OfADeletedPod_EndAfterTheMainContainersInReverseOrder()
    {
        static string Container(string name, string more) =>
            $$"""{ name: {{name}}, image: "tandem.local/busybox:test", {{more}} volumeMounts: [{ name: told, mountPath: /told }], command: [sh, -c, "trap 'sleep 0.3; echo {{name}} >> /told/order; exit 0' TERM; while true; do sleep 0.1; done"] }""";
        var folder = Directory.CreateTempSubdirectory("sidecars").FullName;
        node.Api.Create(PodRuns.Load($$"""
            metadata: { name: ordered }
            spec:
              terminationGracePeriodSeconds: 10
              initContainers: [{{Container("first", "restartPolicy: Always,")}}, {{Container("second", "restartPolicy: Always,")}}]
              containers: [{{Container("main", "")}}]
              volumes: [{ name: told, hostPath: { path: "{{folder}}" } }]
            """));
        await node.UntilAsync("ordered", s => Condition(s, "Ready") == "True");
        node.Api.Delete("ordered", 10);
        await Eventually.TrueAsync(() => Task.FromResult(node.Api.Pod("ordered") is null), "pod is gone");

        Assert.Equal("main\nsecond\nfirst\n", await File.ReadAllTextAsync(Path.Combine(folder, "order")));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task PostStartHook_ThatFails_RestartsTheContainerWithTheReason()
    {
        node.Api.Create(Pod("hooked", "lifecycle: { postStart: { exec: { command: [sh, -c, \"exit 1\"] } } }", "terminationGracePeriodSeconds: 1"));
        await node.UntilAsync("hooked", s => s.ContainerStatuses?[0].RestartCount >= 1);

        Assert.Contains("FailedPostStartHook: PostStartHook failed\nKilling: FailedPostStartHook", node.Api.Told("hooked"), StringComparison.Ordinal);
        Assert.Contains(node.Api.Written, w => w.Pod == "hooked" && w.Status.ContainerStatuses[0].State.Waiting?.Reason == "PostStartHookError");
    }

    private async Task<V1Pod> RunningAsync(string name)
    {
        var pod = node.Api.Create(Pod(name, "command: [sleep, \"1000\"]", "terminationGracePeriodSeconds: 1"));
        await node.UntilAsync(name, s => Condition(s, "Ready") == "True");
        return pod;
    }

    private static V1Pod Pod(string name, string container, string spec = "restartPolicy: Always") =>
        PodRuns.Load($$"""
            metadata: { name: {{name}} }
            spec:
              {{spec}}
              containers: [{ name: c, image: "tandem.local/busybox:test", {{container}} }]
            """);

    private static int Parent(int pid) => int.Parse(
        File.ReadLines($"/proc/{pid}/status").Single(l => l.StartsWith("PPid:", StringComparison.Ordinal))["PPid:".Length..], CultureInfo.InvariantCulture);

    private static Task KillAsync(int pid) => ProcessRunner.RunCheckedAsync(new Command("kill", "-9", pid.ToString(CultureInfo.InvariantCulture)));

    private static string? Condition(V1PodStatus status, string type) => status.Conditions?.FirstOrDefault(c => c.Type == type)?.Status;
}
