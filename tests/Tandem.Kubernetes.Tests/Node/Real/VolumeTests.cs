using System.Net.Sockets;
using k8s.Models;

namespace Tandem.Kubernetes.Tests.Node.Real;

/// <summary>Volumes as real containers see them, and as hostile ones would like them to be.</summary>
public sealed class VolumeTests(ContainerdFixture node) : IClassFixture<ContainerdFixture>
{
    private const string Shared = "volumes: [ { name: v, emptyDir: {} } ],";

    [Theory]
    [InlineData("absolute", "/bin/busybox ln -s /etc /v/out", "out")]
    [InlineData("upwards", "/bin/busybox ln -s ../../../../../../../../etc /v/out", "out")]
    [InlineData("deep", "/bin/busybox mkdir /v/a; /bin/busybox ln -s / /v/a/b", "a/b/etc")]
    [InlineData("process", "/bin/busybox ln -s /proc/1/root /v/out", "out/etc")]
    public async Task SubPath_ThroughALinkOutOfTheVolume_IsRefused(string name, string plant, string path)
    {
        node.Api.Create(Planted(name, plant, $"subPath: {path}"));
        await node.UntilAsync(name, s => s.ContainerStatuses?[0].State.Waiting?.Reason == "CreateContainerConfigError");

        Assert.StartsWith("failed to prepare subPath for volumeMount \"v\" of container \"c\": ", node.Api.Pod(name)!.Status.ContainerStatuses[0].State.Waiting.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SubPath_ThroughALinkWithinTheVolume_IsFollowed()
    {
        node.Api.Create(Planted("inside", "/bin/busybox mkdir /v/real; /bin/busybox ln -s real /v/link; echo here > /v/real/file", "subPath: link"));
        await node.UntilAsync("inside", s => s.ContainerStatuses?[0].State.Terminated is not null);

        Assert.Equal("here\n", node.Api.Pod("inside")!.Status.ContainerStatuses[0].State.Terminated.Message);
    }

    [Fact]
    public async Task SubPath_ReplacedByALinkWhileTheContainerRestarts_NeverLeadsOut()
    {
        // Each run of the container puts a link where the next is to find its part of the volume.
        node.Api.Create(PodRuns.Load($$"""
            metadata: { name: swap, namespace: default }
            spec:
              terminationGracePeriodSeconds: 1
              volumes: [ { name: v, emptyDir: {} } ]
              containers:
              - { name: c, image: "{{BusyboxImage.Name}}", command: [sh, -c, "/bin/busybox mv /v/part /v/old; /bin/busybox ln -s /etc /v/part"],
                  volumeMounts: [ { name: v, mountPath: /v }, { name: v, mountPath: /part, subPath: part } ] }
            """));
        await node.UntilAsync("swap", s => s.ContainerStatuses?[0].State.Waiting?.Reason == "CreateContainerConfigError");

        Assert.Single(node.Api.Written.Where(w => w.Pod == "swap").Select(w => w.Status.ContainerStatuses?[0].ContainerID).OfType<string>().Distinct());
    }

    [Fact]
    public async Task SubPath_ThatIsNotThere_IsMadeWithTheVolumesMode() => Assert.Equal(
        ["777", "hello"],
        await node.RunAsync(PodRuns.Script("made", "stat -c %a /part; echo hello > /part/x; cat /v/p/q/x", "volumeMounts: [ { name: v, mountPath: /v }, { name: v, mountPath: /part, subPath: p/q } ]", Shared)));

    [Fact]
    public async Task SubPathExpr_OfTheEnvironment_IsTheContainersOwn()
    {
        Assert.Equal(["expr"], await node.RunAsync(PodRuns.Script(
            "expr", "ls /v", "env: [ { name: ME, valueFrom: { fieldRef: { fieldPath: metadata.name } } } ], volumeMounts: [ { name: v, mountPath: /v }, { name: v, mountPath: /part, subPathExpr: $(ME) } ]", Shared)));

        node.Api.Create(PodRuns.Script("noexpr", "id", "volumeMounts: [ { name: v, mountPath: /v, subPathExpr: $(NOBODY) } ]", Shared));
        await node.UntilAsync("noexpr", s => s.ContainerStatuses?[0].State.Waiting?.Reason == "CreateContainerConfigError");
        Assert.Equal("failed to expand subPath for volumeMount \"v\" of container \"c\": missing value for \"NOBODY\"", node.Api.Pod("noexpr")!.Status.ContainerStatuses[0].State.Waiting.Message);
    }

    [Fact]
    public async Task ConfigMap_Items_HaveTheirModesAndTheOptionalOneMayBeMissing()
    {
        node.Api.ConfigMaps["conf"] = new V1ConfigMap { Data = new Dictionary<string, string> { ["a"] = "1", ["b"] = "2" } };

        Assert.Equal(["400", "640", "a", "deep"], await node.RunAsync(PodRuns.Script(
            "items", "stat -L -c %a /c/a /c/deep/b; ls /c /none", "volumeMounts: [ { name: c, mountPath: /c }, { name: none, mountPath: /none } ]", """
            volumes: [ { name: c, configMap: { name: conf, defaultMode: 256, items: [ { key: a, path: a }, { key: b, path: deep/b, mode: 416 } ] } },
              { name: none, configMap: { name: missing, optional: true } } ],
            """)).ContinueWith(t => t.Result.Where(l => !l.EndsWith(':')).ToArray(), TaskScheduler.Default));
    }

    [Fact]
    public async Task RecursiveReadOnly_Enabled_IsRefused()
    {
        node.Api.Create(PodRuns.Script("recursive", "id", "volumeMounts: [ { name: v, mountPath: /v, readOnly: true, recursiveReadOnly: Enabled } ]", Shared));
        await node.UntilAsync("recursive", s => s.ContainerStatuses?[0].State.Waiting?.Reason == "CreateContainerConfigError");

        Assert.Contains("requested recursive read-only mode, but it is not supported by the runtime", node.Api.Pod("recursive")!.Status.ContainerStatuses[0].State.Waiting.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ServiceLinks_OfTheNamespace_AreInTheEnvironmentUnlessSwitchedOff()
    {
        node.Api.Services["my-db"] = new V1Service { Metadata = new V1ObjectMeta { Name = "my-db" }, Spec = new V1ServiceSpec { ClusterIP = "10.43.0.9", Ports = [new V1ServicePort { Port = 5432 }] } };

        Assert.Equal(["10.43.0.9 tcp://10.43.0.9:5432"], await node.RunAsync(PodRuns.Script("links", "echo $MY_DB_SERVICE_HOST $MY_DB_PORT_5432_TCP")));
        Assert.Equal(["10.43.0.1"], await node.RunAsync(PodRuns.Script("nolinks", "echo $MY_DB_SERVICE_HOST $KUBERNETES_SERVICE_HOST", spec: "enableServiceLinks: false,")));
    }

    [Fact]
    public async Task HostPath_OfEachType_IsTheNodesOwn()
    {
        var folder = Directory.CreateDirectory(Path.Combine(node.Folder, "host")).FullName;
        await File.WriteAllTextAsync(folder + "/file", "of the node\n");
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(folder + "/socket"));

        Assert.Equal(["of the node", "of the node", "socket", "character special file"], await node.RunAsync(PodRuns.Script(
            "typed", "cat /d/file; cat /f; stat -c %F /s /c; echo made > /n/made; echo made > /g",
            "volumeMounts: [ { name: d, mountPath: /d }, { name: f, mountPath: /f }, { name: s, mountPath: /s }, { name: c, mountPath: /c }, { name: n, mountPath: /n }, { name: g, mountPath: /g } ]",
            $$"""
            volumes: [ { name: d, hostPath: { path: "{{folder}}", type: Directory } }, { name: f, hostPath: { path: "{{folder}}/file", type: File } },
              { name: s, hostPath: { path: "{{folder}}/socket", type: Socket } }, { name: c, hostPath: { path: /dev/null, type: CharDevice } },
              { name: n, hostPath: { path: "{{folder}}/new", type: DirectoryOrCreate } }, { name: g, hostPath: { path: "{{folder}}/newfile", type: FileOrCreate } } ],
            """)));

        Assert.Equal("made\n", await File.ReadAllTextAsync(folder + "/new/made"));
        Assert.Equal("made\n", await File.ReadAllTextAsync(folder + "/newfile"));
    }

    [Theory]
    [InlineData("nodir", "/etc/passwd", "Directory", "/etc/passwd is not a directory")]
    [InlineData("nofile", "/etc", "File", "/etc is not a file")]
    [InlineData("nosocket", "/etc", "Socket", "/etc is not a socket file")]
    [InlineData("nochar", "/etc/passwd", "CharDevice", "/etc/passwd is not a character device")]
    [InlineData("noblock", "/dev/null", "BlockDevice", "/dev/null is not a block device")]
    public async Task HostPath_OfAnotherType_IsNotMounted(string name, string path, string type, string why)
    {
        node.Api.Create(PodRuns.Script(name, "id", "volumeMounts: [ { name: v, mountPath: /v } ]", $$"""volumes: [ { name: v, hostPath: { path: {{path}}, type: {{type}} } } ],"""));

        await Eventually.TrueAsync(
            () => Task.FromResult(node.Api.Told(name).Contains($"hostPath type check failed: {why}", StringComparison.Ordinal)), name, () => node.Api.Told(name));
        Assert.Contains("FailedMount: MountVolume.SetUp failed for volume \"v\" : hostPath type check failed", node.Api.Told(name), StringComparison.Ordinal);
    }

    private static V1Pod Planted(string name, string plant, string part) => PodRuns.Load($$"""
        metadata: { name: {{name}}, namespace: default }
        spec:
          restartPolicy: Never
          terminationGracePeriodSeconds: 1
          volumes: [ { name: v, emptyDir: {} } ]
          initContainers: [ { name: plant, image: "{{BusyboxImage.Name}}", command: [sh, -c, "{{plant}}"], volumeMounts: [ { name: v, mountPath: /v } ] } ]
          containers: [ { name: c, image: "{{BusyboxImage.Name}}", command: [sh, -c, "cat /part/file > /dev/termination-log"], volumeMounts: [ { name: v, mountPath: /part, {{part}} } ] } ]
        """);
}
