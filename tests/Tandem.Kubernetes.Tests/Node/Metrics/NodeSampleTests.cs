using FsCheck.Xunit;
using Tandem.Kubernetes.Node.Metrics;

namespace Tandem.Kubernetes.Tests.Node.Metrics;

/// <summary>Counters read twice become rates.</summary>
public sealed class NodeSampleTests
{
    private const long Second = 1_000_000_000;
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch;

    [Property]
    public bool Since_ContainerThatUsesSoManyMilliCores_IsMeasuredSo(ushort milliCores, byte seconds)
    {
        var window = seconds + 1L;
        var before = Sample(0, ("a", new("uid", "c", 5 * Second, 7 * Second, 1)));
        var after = Sample(window, ("a", new("uid", "c", (5 + window) * Second, (7 * Second) + (milliCores * 1_000_000L * window), 42)));

        var usage = after.Since(before, "node").Pods["uid"]["c"];

        return usage is { MemoryBytes: 42 } && usage.NanoCores == milliCores * 1_000_000L;
    }

    [Fact]
    public void Since_PodWithAContainerMeasuredOnce_IsLeftOut()
    {
        var before = Sample(0, ("a", new("one", "c", Second, 0, 1)), ("b", new("two", "c", Second, 0, 1)));
        var after = Sample(
            2, ("a", new("one", "c", 3 * Second, Second, 1)), ("b", new("two", "c", 3 * Second, 0, 1)), ("new", new("two", "d", 3 * Second, 0, 1)));

        var report = after.Since(before, "node");

        Assert.Equal("one", Assert.Single(report.Pods).Key);
        Assert.Equal(TimeSpan.FromSeconds(2), report.Window);
    }

    [Theory]
    [InlineData(20, false)]
    [InlineData(20.5, false)]
    [InlineData(3620, true)]
    [InlineData(-3580, true)]
    public void IsOfAnotherClock_WallClockWentOnBy_TellsWhetherItWasSet(double seconds, bool expected) =>
        Assert.Equal(expected, Sample(0).IsOfAnotherClock(Start.AddSeconds(seconds), TimeSpan.FromSeconds(20)));

    [Fact]
    public void CpuNanoseconds_LineOfTheKernel_CountsAllWorkAndNoIdling() =>
        Assert.Equal((1 + 2 + 3 + 6 + 7 + 8) * 10_000_000L, MachineUsage.CpuNanoseconds("cpu  1 2 3 400 500 6 7 8 9 10"));

    private static NodeSample Sample(long seconds, params (string Id, ContainerSample Sample)[] containers) =>
        new(Start.AddSeconds(seconds), 0, 0, containers.ToDictionary(c => c.Id, c => c.Sample));
}
