using FsCheck.Xunit;
using k8s.Models;
using Tandem.Kubernetes.Controllers;

namespace Tandem.Kubernetes.Tests.Controllers;

public sealed class StatefulPodsTests
{
    private static readonly DateTime Now = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    [Theory]
    [InlineData("web", "web-12", 12)]
    [InlineData("web", "web-a", -1)]
    [InlineData("web", "web-1-2", -1)]
    [InlineData("web", "other-1", -1)]
    public void OrdinalOf_AName_IsItsLastNumber(string set, string pod, int ordinal) => Assert.Equal(ordinal, StatefulPods.OrdinalOf(set, pod));

    [Fact]
    public void Next_Parallel_CreatesAllAtOnceFromTheFirstOrdinal()
    {
        var set = Set(3);
        set.Spec.PodManagementPolicy = "Parallel";
        set.Spec.Ordinals = new() { Start = 5 };

        Assert.Equal("+5 +6 +7", Steps(set));
    }

    [Fact]
    public void Next_FailedPod_IsDeletedToBeCreatedAgain()
    {
        var failed = Pod(0);
        failed.Status.Phase = "Failed";

        Assert.Equal("-0", Steps(Set(2), failed, Pod(1)));
    }

    [Fact]
    public void Next_Partition_LeavesTheLowerPodsAlone()
    {
        var set = Set(3);
        set.Spec.UpdateStrategy.RollingUpdate.Partition = 2;

        Assert.Equal("-2", Steps(set, Pod(0, "old"), Pod(1, "old"), Pod(2, "old")));
        Assert.Equal("", Steps(set, Pod(0, "old"), Pod(1, "old"), Pod(2)));
    }

    [Fact]
    public void Next_MaxUnavailable_ReplacesSoManyTogether()
    {
        var set = Set(4);
        set.Spec.UpdateStrategy.RollingUpdate.MaxUnavailable = "50%";

        Assert.Equal("-3 -2", Steps(set, [.. Enumerable.Range(0, 4).Select(i => Pod(i, "old"))]));
    }

    [Fact]
    public void Next_OnDelete_ReplacesNothing()
    {
        var set = Set(1);
        set.Spec.UpdateStrategy = new() { Type = "OnDelete" };

        Assert.Equal("", Steps(set, Pod(0, "old")));
    }

    [Fact]
    public void Next_NotReadyLongEnough_Waits()
    {
        var set = Set(2);
        set.Spec.MinReadySeconds = 60;
        var pod = Pod(0);
        pod.Status.Conditions[0].LastTransitionTime = Now.AddSeconds(-59);

        Assert.Equal("", Steps(set, pod));
        pod.Status.Conditions[0].LastTransitionTime = Now.AddSeconds(-60);
        Assert.Equal("+1", Steps(set, pod));
    }

    /// <summary>In order, there is never a pod whose predecessor was not working when it was made, and all get there.</summary>
    [Property(MaxTest = 200)]
    public void Next_OrderedReadyAtAnyPace_KeepsOrderAndOneOutOfService(byte replicasSeed, int seed)
    {
        var random = new Random(seed);
        var replicas = (replicasSeed % 6) + 1;
        var set = Set(replicas);
        var pods = Enumerable.Range(0, replicas).ToDictionary(i => i, i => Pod(i, "old"));
        for (var round = 0; round < 300; round++)
        {
            foreach (var step in StatefulPods.Next(set, pods.Values, "new", Now))
            {
                if (step is StatefulStep.Create create)
                {
                    Assert.True(Enumerable.Range(0, create.Ordinal).All(i => pods[i].IsReady()));
                    pods[create.Ordinal] = Pod(create.Ordinal);
                    pods[create.Ordinal].Status.Conditions[0].Status = "False";
                }
                else
                {
                    pods.Remove(StatefulPods.OrdinalOf("web", ((StatefulStep.Delete)step).Pod.Metadata.Name));
                }
            }

            Assert.True(pods.Values.Count(p => p.IsReady()) >= replicas - 1);
            if (pods.Count == replicas && pods.Values.All(p => p.IsReady() && StatefulPods.RevisionOf(p) == "new"))
                return;
            foreach (var pod in pods.Values.Where(_ => random.Next(2) == 0))
                pod.Status.Conditions[0].Status = "True";
        }

        Assert.Fail("the rollout did not end");
    }

    private static string Steps(V1StatefulSet set, params V1Pod[] pods) => string.Join(' ', StatefulPods.Next(set, pods, "new", Now).Select(s => s switch
    {
        StatefulStep.Create c => $"+{c.Ordinal}",
        StatefulStep.Delete d => $"-{StatefulPods.OrdinalOf("web", d.Pod.Metadata.Name)}",
        _ => "?",
    }));

    private static V1StatefulSet Set(int replicas) => new()
    {
        Metadata = new() { Name = "web" },
        Spec = new() { Replicas = replicas, PodManagementPolicy = "OrderedReady", UpdateStrategy = new() { Type = "RollingUpdate", RollingUpdate = new() { Partition = 0 } } },
    };

    private static V1Pod Pod(int ordinal, string revision = "new") => new()
    {
        Metadata = new() { Name = $"web-{ordinal}", Labels = new Dictionary<string, string> { [StatefulPods.RevisionLabel] = revision } },
        Status = new() { Phase = "Running", Conditions = [new() { Type = "Ready", Status = "True", LastTransitionTime = Now.AddHours(-1) }] },
    };
}
