using k8s;
using k8s.Models;
using Microsoft.Extensions.Time.Testing;
using Tandem.Kubernetes.Node.Admission;
using Tandem.Kubernetes.Node.Eviction;
using Tandem.Kubernetes.Node.Stats;

namespace Tandem.Kubernetes.Tests.Node.Eviction;

/// <summary>When pods have to go, and which.</summary>
public sealed class EvictionDecisionTests
{
    private const long Mi = 1 << 20;

    [Theory]
    [InlineData(99, 50, 50, "memory")]
    [InlineData(100, 50, 50, "")]
    [InlineData(200, 14, 50, "ephemeral-storage")]
    [InlineData(200, 9, 50, "ephemeral-storage ephemeral-storage")]
    [InlineData(200, 50, 4, "inodes")]
    [InlineData(1, 1, 1, "memory ephemeral-storage ephemeral-storage inodes")]
    public void Shortage_OfANode_IsByTheKubeletsThresholds(long memory, long disk, long inodes, string resources) => Assert.Equal(
        resources, string.Join(' ', Shortage.Of(Node(memory * Mi, new FileSystemStats(100, disk, 100, inodes)), new EvictionThresholds()).Select(s => s.Resource)));

    [Fact]
    public void Order_OfPods_IsAboveRequestThenPriorityThenExcess()
    {
        V1Pod[] pods = [Pod("within", 50, 0), Pod("important", 0, 100), Pod("little", 0, 0), Pod("much", 0, 0), Pod("critical", 0, 2_000_000_000), Pod("idle", 0, 0)];
        var node = Node(0, new FileSystemStats(1, 1, 1, 1), Stats("within", 40), Stats("important", 90), Stats("little", 10), Stats("much", 30), Stats("critical", 500), Stats("gone", 900));

        Assert.Equal(["much", "little", "important", "within"], EvictionRanking.Order(pods, node, new Shortage("memory", Shortage.MemoryPressure, 2, 1)).Select(p => p.Metadata.Name));
    }

    [Fact]
    public void Order_OfPodsOnAFullDisk_HasOnlyThoseThatFilledIt()
    {
        V1Pod[] pods = [Pod("little", 0, 0), Pod("much", 0, 0)];
        var node = Node(0, new FileSystemStats(1, 1, 1, 1), Stats("little", 0, disk: 9), Stats("much", 0, disk: 10));

        Assert.Equal(["much"], EvictionRanking.Order(pods, node, new Shortage("ephemeral-storage", Shortage.DiskPressure, 110, 10)).Select(p => p.Metadata.Name));
    }

    [Fact]
    public void Shortage_OfALargeDisk_IsAtMostOneGibibyte() => Assert.Equal(
        [1L << 30, 1L << 30],
        Shortage.Of(Node(200 * Mi, new FileSystemStats(1L << 40, (1L << 30) - 1, 100, 50)), new EvictionThresholds()).Select(s => s.Threshold));

    [Fact]
    public void Pressure_ThatIsOver_StaysForItsPeriod()
    {
        var time = new FakeTimeProvider();
        var pressure = new NodePressure(TimeSpan.FromMinutes(5), time);
        pressure.Observe([new Shortage("memory", Shortage.MemoryPressure, 2, 1)]);
        time.Advance(TimeSpan.FromSeconds(299));
        pressure.Observe([]);
        Assert.Equal(["MemoryPressure"], pressure.Conditions);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty(pressure.Conditions);
    }

    [Theory]
    [InlineData("MemoryPressure", 0, 0, false)]
    [InlineData("MemoryPressure", 50, 0, true)]
    [InlineData("DiskPressure", 50, 0, false)]
    [InlineData("DiskPressure", 50, 2_000_001_000, true)]
    [InlineData("DiskPressure MemoryPressure", 50, 0, false)]
    [InlineData("", 0, 0, true)]
    public void Admission_UnderPressure_IsForThoseWhoPromise(string conditions, int request, int priority, bool admitted) => Assert.Equal(
        admitted, PressureAdmission.Check(Pod("p", request, priority), conditions.Split(' ', StringSplitOptions.RemoveEmptyEntries)) is null);

    [Fact]
    public void Admission_OfABestEffortPodThatToleratesIt_IsGranted()
    {
        var pod = Pod("p", 0, 0);
        pod.Spec.Tolerations = [new V1Toleration { Key = "node.kubernetes.io/memory-pressure", OperatorProperty = "Exists" }];

        Assert.Null(PressureAdmission.Check(pod, ["MemoryPressure"]));
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(1024, "1Ki")]
    [InlineData(1500, "1500")]
    [InlineData(100 << 20, "100Mi")]
    [InlineData((100 << 20) + 1024, "102401Ki")]
    public void Binary_Bytes_AreAQuantityInItsShortestForm(long bytes, string expected) => Assert.Equal(expected, EvictionMessages.Binary(bytes));

    private static NodeStats Node(long memory, FileSystemStats disk, params PodStats[] pods) => new("n", default, default, 0, 1000 * Mi, memory, disk, pods);

    private static PodStats Stats(string name, long memory, long disk = 0) => new()
    {
        Name = name,
        Namespace = "default",
        Uid = name,
        Cgroup = "",
        StartedAt = default,
        Network = [],
        Volumes = new Dictionary<string, VolumeStats>(),
        Processes = 1,
        Containers =
        [
            new ContainerStats
            {
                Id = name, Name = "c", Image = "", Cgroup = "", StartedAt = default, At = default, CpuNanoseconds = 0,
                Memory = new MemoryStats(memory * Mi, 0, 0, 0, 0), Root = new DiskUsage(disk, 0), Logs = new DiskUsage(0, 0),
            },
        ],
    };

    private static V1Pod Pod(string name, int request, int priority) => KubernetesYaml.Deserialize<V1Pod>($$"""
        apiVersion: v1
        kind: Pod
        metadata: { name: {{name}}, uid: {{name}}, namespace: default }
        spec: { priority: {{priority}}, containers: [ { name: c {{(request > 0 ? $", resources: {{ requests: {{ memory: {request}Mi }} }}" : "")}} } ] }
        """);
}
