using System.Text;
using k8s.Models;
using Tandem.Kubernetes.Node.Logs;

namespace Tandem.Kubernetes.Tests.Node.Real;

/// <summary>Pods in real containers: containerd, runc and the CNI plugins of this machine.</summary>
public sealed class PodLifeTests(ContainerdFixture node) : IClassFixture<ContainerdFixture>
{
    [Fact]
    public async Task Pod_WithInitContainerVolumesAndEnvironment_RunsBecomesReadyAndLogs()
    {
        node.Api.ConfigMaps["cfg"] = new V1ConfigMap { Data = new Dictionary<string, string> { ["greeting"] = "hello" } };
        node.Api.Secrets["sec"] = new V1Secret { Data = new Dictionary<string, byte[]> { ["password"] = Encoding.UTF8.GetBytes("s3cret") } };
        node.Api.Create(PodRuns.Load("""
            metadata: { name: full, labels: { app: full } }
            spec:
              securityContext: { fsGroup: 2000 }
              initContainers:
              - { name: prepare, image: "tandem.local/busybox:test", command: [sh, -c, "echo prepared > /shared/file"],
                  volumeMounts: [{ name: shared, mountPath: /shared }] }
              containers:
              - name: main
                image: tandem.local/busybox:test
                command: [sh, -c]
                args: ["cat /shared/file /cfg/greeting /sec/password /pod/token; echo; echo $(WHO) $KUBERNETES_SERVICE_HOST; id; cat /pod/labels; echo; touch /tmp/up; sleep 1000"]
                env:
                - { name: NAME, valueFrom: { fieldRef: { fieldPath: metadata.name } } }
                - { name: WHO, value: "I am $(NAME)" }
                securityContext:
                  runAsUser: 1000
                  runAsNonRoot: true
                  allowPrivilegeEscalation: false
                  readOnlyRootFilesystem: true
                  capabilities: { drop: [ALL] }
                  seccompProfile: { type: RuntimeDefault }
                resources: { requests: { cpu: 10m, memory: 8Mi }, limits: { cpu: 500m, memory: 32Mi } }
                readinessProbe: { exec: { command: [cat, /tmp/up] }, periodSeconds: 30 }
                volumeMounts:
                - { name: shared, mountPath: /shared }
                - { name: cfg, mountPath: /cfg }
                - { name: sec, mountPath: /sec }
                - { name: projected, mountPath: /pod }
                - { name: tmp, mountPath: /tmp }
              volumes:
              - { name: shared, emptyDir: {} }
              - { name: tmp, emptyDir: { medium: Memory, sizeLimit: 1Mi } }
              - { name: cfg, configMap: { name: cfg } }
              - { name: sec, secret: { secretName: sec, defaultMode: 256 } }
              - name: projected
                projected:
                  sources:
                  - serviceAccountToken: { path: token, audience: here, expirationSeconds: 3600 }
                  - downwardAPI: { items: [{ path: labels, fieldRef: { fieldPath: metadata.labels } }] }
            """));
        await node.UntilAsync("full", s => Condition(s, "Ready") == "True");

        var status = node.Api.Pod("full")!.Status;
        Assert.Equal("Running", status.Phase);
        Assert.StartsWith("10.42.0.", status.PodIP, StringComparison.Ordinal);
        Assert.Equal("Completed", status.InitContainerStatuses[0].State.Terminated.Reason);
        Assert.StartsWith("containerd://", status.ContainerStatuses[0].ContainerID, StringComparison.Ordinal);
        var log = await LogAsync("full", new ContainerLogOptions { Container = "main" });
        Assert.StartsWith("prepared\nhellos3crettoken of full for here\nI am full 10.43.0.1\nuid=1000", log, StringComparison.Ordinal);
        Assert.Contains("2000", log, StringComparison.Ordinal);
        Assert.Contains("app=\"full\"", log, StringComparison.Ordinal);
        Assert.Equal("app=\"full\"\n", await LogAsync("full", new ContainerLogOptions { Container = "main", TailLines = 1 }));
        Assert.Contains("Started: Started container main", node.Api.Told("full"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Container_ThatCrashes_RestartsAtOnceThenBacksOff()
    {
        node.Api.Create(PodRuns.Load("""
            metadata: { name: crash }
            spec: { containers: [{ name: c, image: "tandem.local/busybox:test", command: [sh, -c, "echo run; exit 3"] }] }
            """));
        await node.UntilAsync("crash", s => s.ContainerStatuses?[0].State.Waiting?.Reason == "CrashLoopBackOff");

        var status = node.Api.Pod("crash")!.Status;
        var container = status.ContainerStatuses[0];
        Assert.Equal("Running", status.Phase);
        Assert.Equal(1, container.RestartCount);
        Assert.Equal(3, container.LastState.Terminated.ExitCode);
        Assert.Equal("Error", container.LastState.Terminated.Reason);
        Assert.StartsWith("back-off 10s restarting failed container=c pod=crash_default(", container.State.Waiting.Message, StringComparison.Ordinal);
        Assert.Equal("run\n", await LogAsync("crash", new ContainerLogOptions()));
        Assert.Equal("run\n", await LogAsync("crash", new ContainerLogOptions { Previous = true }));
    }

    [Fact]
    public async Task Pod_NeverRestarted_EndsAsSucceededOrFailedOrOutOfMemory()
    {
        node.Api.Create(PodRuns.Load("""
            metadata: { name: good }
            spec: { restartPolicy: Never, containers: [{ name: c, image: "tandem.local/busybox:test", command: [sh, -c, "echo fine > /dev/termination-log"] }] }
            """));
        node.Api.Create(PodRuns.Load("""
            metadata: { name: oom }
            spec:
              restartPolicy: Never
              containers:
              - { name: c, image: "tandem.local/busybox:test", command: [sh, -c, "sleep 0.5; exec dd if=/dev/zero of=/dev/null bs=100M count=3"], resources: { limits: { memory: 16Mi } } }
            """));
        await node.UntilAsync("good", s => s.Phase == "Succeeded");
        // containerd learns of the end and of its cause by two events, in either order; of the cause only once it watches, a moment after the start.
        await node.UntilAsync("oom", s => s.Phase == "Failed" && s.ContainerStatuses[0].State.Terminated.Reason == "OOMKilled");

        Assert.Equal("fine\n", node.Api.Pod("good")!.Status.ContainerStatuses[0].State.Terminated.Message);
        Assert.Equal(137, node.Api.Pod("oom")!.Status.ContainerStatuses[0].State.Terminated.ExitCode);
    }

    [Fact]
    public async Task Image_ThatDoesNotExist_IsToldWhileOthersRun()
    {
        node.Api.Create(PodRuns.Load("""
            metadata: { name: missing }
            spec: { containers: [{ name: c, image: "127.0.0.1:1/nothing:1" }] }
            """));
        node.Api.Create(PodRuns.Load("""
            metadata: { name: beside }
            spec: { containers: [{ name: c, image: "tandem.local/busybox:test" }] }
            """));
        await node.UntilAsync("beside", s => Condition(s, "Ready") == "True");
        await node.UntilAsync("missing", s => s.ContainerStatuses?[0].State.Waiting?.Reason == "ImagePullBackOff");
        Assert.Contains(node.Api.Written, w => w.Pod == "missing" && w.Status.ContainerStatuses[0].State.Waiting?.Reason == "ErrImagePull");
        var refused = Assert.Throws<ContainerWaitingException>(() => { Logs().Open(node.Api.Pod("missing")!, new ContainerLogOptions()); });
        Assert.Equal("container \"c\" in pod \"missing\" is waiting to start: trying and failing to pull image", refused.Message);
    }

    [Fact]
    public async Task Pod_Deleted_IsTakenOutOfServiceStoppedGracefullyAndRemoved()
    {
        node.Api.Create(PodRuns.Load("""
            metadata: { name: bye }
            spec:
              containers:
              - name: c
                image: tandem.local/busybox:test
                command: [sh, -c, "trap 'echo stopping; exit 0' TERM; while true; do sleep 0.1; done"]
                lifecycle: { preStop: { exec: { command: [sh, -c, "echo hook > /proc/1/fd/1"] } } }
            """));
        await node.UntilAsync("bye", s => Condition(s, "Ready") == "True");
        using var logs = Logs();
        using var followed = new MemoryStream();
        var following = logs.Open(node.Api.Pod("bye")!, new ContainerLogOptions { Follow = true })(followed, CancellationToken.None);
        node.Api.Delete("bye", 10);
        await Eventually.TrueAsync(() => Task.FromResult(node.Api.Pod("bye") is null), "pod is gone", () => node.Api.Told("bye"));
        await following;

        Assert.Equal("hook\nstopping\n", Encoding.UTF8.GetString(followed.ToArray()));
        var written = node.Api.Written.Where(w => w.Pod == "bye").Select(w => w.Status).ToList();
        Assert.Equal(("Running", "False"), (written[^2].Phase, Condition(written[^2], "Ready")));
        Assert.Equal("Succeeded", written[^1].Phase);
        Assert.Contains("Killing: Stopping container c", node.Api.Told("bye"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Container_FailingLiveness_IsRestarted()
    {
        node.Api.Create(PodRuns.Load("""
            metadata: { name: sick }
            spec:
              terminationGracePeriodSeconds: 1
              containers:
              - name: c
                image: "tandem.local/busybox:test"
                livenessProbe: { exec: { command: [sh, -c, "exit 1"] }, periodSeconds: 1, failureThreshold: 1 }
            """));
        await node.UntilAsync("sick", s => s.ContainerStatuses?[0].RestartCount >= 1);
        Assert.Contains("Killing: Container c failed liveness probe, will be restarted", node.Api.Told("sick"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Agent_Restarted_AdoptsRunningContainersAndStopsOrphans()
    {
        node.Api.Create(PodRuns.Load("""
            metadata: { name: stays }
            spec: { containers: [{ name: c, image: "tandem.local/busybox:test", readinessProbe: { exec: { command: ["true"] } } }] }
            """));
        node.Api.Create(PodRuns.Load("""
            metadata: { name: orphan }
            spec: { containers: [{ name: c, image: "tandem.local/busybox:test" }] }
            """));
        await node.UntilAsync("stays", s => Condition(s, "Ready") == "True");
        await node.UntilAsync("orphan", s => Condition(s, "Ready") == "True");
        var before = node.Api.Pod("stays")!.Status.ContainerStatuses[0];
        var orphan = node.Api.Pod("orphan")!;
        await node.StopAgentAsync();
        await node.Api.DeletePodAsync(orphan, CancellationToken.None);
        var written = node.Api.Written.Count;
        node.StartAgent();
        await Eventually.TrueAsync(async () => await node.SandboxesAsync(orphan.Metadata.Uid) == 0, "the orphan is gone");

        var after = node.Api.Pod("stays")!.Status.ContainerStatuses[0];
        Assert.Equal((before.ContainerID, 0, true), (after.ContainerID, after.RestartCount, after.Ready));
        Assert.DoesNotContain(node.Api.Written.Skip(written), w => w.Pod == "stays" && Condition(w.Status, "Ready") != "True");
    }

    [Fact]
    public async Task Containerd_KilledAndRestarted_LeavesPodsRunningAndTakesNewOnes()
    {
        node.Api.Create(PodRuns.Load("""
            metadata: { name: survivor }
            spec: { containers: [{ name: c, image: "tandem.local/busybox:test" }] }
            """));
        await node.UntilAsync("survivor", s => Condition(s, "Ready") == "True");
        var before = node.Api.Pod("survivor")!.Status.ContainerStatuses[0];
        await node.KillContainerdAsync();
        node.Api.Create(PodRuns.Load("""
            metadata: { name: meanwhile }
            spec: { containers: [{ name: c, image: "tandem.local/busybox:test" }] }
            """));
        await node.StartContainerdAsync();
        await node.UntilAsync("meanwhile", s => Condition(s, "Ready") == "True");

        var after = node.Api.Pod("survivor")!.Status.ContainerStatuses[0];
        Assert.Equal((before.ContainerID, 0, true), (after.ContainerID, after.RestartCount, after.Ready));
    }

    [Fact]
    public async Task Pod_NotAllowedToBeRoot_WaitsWithTheReason()
    {
        node.Api.Create(PodRuns.Load("""
            metadata: { name: root }
            spec: { containers: [{ name: c, image: "tandem.local/busybox:test", securityContext: { runAsNonRoot: true } }] }
            """));
        await node.UntilAsync("root", s => s.ContainerStatuses?[0].State.Waiting?.Reason == "CreateContainerConfigError");
        Assert.StartsWith("container has runAsNonRoot and image will run as root (pod: \"root_default(",
            node.Api.Pod("root")!.Status.ContainerStatuses[0].State.Waiting.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConfigMap_Missing_HoldsThePodUntilItIsThere()
    {
        node.Api.Create(PodRuns.Load("""
            metadata: { name: waits }
            spec:
              containers: [{ name: c, image: "tandem.local/busybox:test", volumeMounts: [{ name: late, mountPath: /late }] }]
              volumes: [{ name: late, configMap: { name: late } }]
            """));
        await Eventually.TrueAsync(
            () => Task.FromResult(node.Api.Told("waits").Contains("FailedMount: MountVolume.SetUp failed for volume \"late\" : configmap \"late\" not found", StringComparison.Ordinal)),
            "the event", () => node.Api.Told("waits"));
        node.Api.ConfigMaps["late"] = new V1ConfigMap { Data = new Dictionary<string, string> { ["k"] = "v" } };
        await node.UntilAsync("waits", s => Condition(s, "Ready") == "True");
    }

    private static string? Condition(V1PodStatus status, string type) => status.Conditions?.FirstOrDefault(c => c.Type == type)?.Status;

    private ContainerLogs Logs() => new(node.Options, TimeProvider.System);

    private async Task<string> LogAsync(string pod, ContainerLogOptions options)
    {
        using var logs = Logs();
        using var text = new MemoryStream();
        await logs.Open(node.Api.Pod(pod)!, options)(text, CancellationToken.None);
        return Encoding.UTF8.GetString(text.ToArray());
    }
}
