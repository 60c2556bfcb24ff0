using k8s;
using k8s.Models;
using Tandem.Kubernetes.Node.Pods;
using Tandem.Kubernetes.Tests.Node.Real;

namespace Tandem.Kubernetes.Tests.Node.Pods;

/// <summary>What of the watch's news interrupts a pod's worker.</summary>
public sealed class DesiredPodTests
{
    [Fact]
    public void Change_OwnWordsBack_NeitherMatterNorInterrupt()
    {
        using var desired = Create();
        Assert.False(desired.Change(Pod(), vanished: false));
        Assert.False(desired.Interrupt.IsCancellationRequested);
    }

    [Theory]
    [InlineData(30L, null, true)] // deleted
    [InlineData(30L, 10L, true)] // less time than before
    [InlineData(30L, 30L, false)]
    [InlineData(30L, 60L, false)]
    public void Change_ToTerminate_InterruptsIfItIsToEndSooner(long before, long? after, bool interrupts)
    {
        using var desired = Create();
        if (after is not null)
        {
            desired.Change(Pod(before), vanished: false);
            desired.Begin();
        }

        desired.Change(Pod(after ?? before), vanished: false);
        Assert.Equal(interrupts, desired.Interrupt.IsCancellationRequested);
        desired.Begin();
        Assert.False(desired.Interrupt.IsCancellationRequested);
    }

    [Fact]
    public void Change_ThatThePodIsGone_MattersAndInterruptsOnce()
    {
        using var desired = Create();
        Assert.True(desired.Change(Pod(), vanished: true));
        Assert.True(desired.Interrupt.IsCancellationRequested && desired.Vanished);
        desired.Begin();
        Assert.True(desired.Change(Pod(), vanished: true));
        Assert.False(desired.Interrupt.IsCancellationRequested);
    }

    // The watch tells of a deletion that the worker itself has just brought about.
    [Fact]
    public void Change_AfterTheWorkerIsDone_IsTakenNoteOf()
    {
        var desired = Create();
        desired.Dispose();
        desired.Change(Pod(1), vanished: false);
        desired.Change(Pod(1), vanished: true);
        Assert.True(desired.Vanished);
    }

    private static DesiredPod Create() => new(Pod(), vanished: false, new PodStatusWriter(new InMemoryApi()));

    private static V1Pod Pod(long? grace = null)
    {
        var pod = KubernetesJson.Deserialize<V1Pod>(KubernetesJson.Serialize(PodSamples.Pod("Always")));
        if (grace is null)
            return pod;
        pod.Metadata.DeletionTimestamp = DateTime.UnixEpoch;
        pod.Metadata.DeletionGracePeriodSeconds = grace;
        return pod;
    }
}
