using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using k8s.Models;
using Tandem.Kubernetes.Controllers.Policy;

namespace Tandem.Kubernetes.Tests.Controllers.Policy;

public sealed class DisruptionBudgetTests
{
    private static readonly DateTime Now = new(2030, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    [Theory]
    [InlineData("2", null, 3, 3, 3, 2, 1)]
    [InlineData("50%", null, 3, 3, 3, 2, 1)]
    [InlineData(null, "1", 3, 3, 3, 2, 1)]
    [InlineData(null, "50%", 3, 3, 3, 1, 2)]
    [InlineData(null, "1", 3, 3, 2, 2, 0)]
    [InlineData("0", null, 0, 0, 0, 0, 0)]
    [InlineData(null, "5", 3, 3, 1, 0, 1)]
    public void Status_EachAmount_CountsAsTheRealOne(string? min, string? max, int pods, int scale, int ready, int desired, int allowed)
    {
        var status = DisruptionBudget.Status(Budget(min, max), [.. Enumerable.Range(0, pods).Select(i => Pod(i, i < ready))], scale, Now);

        Assert.Equal((desired, allowed, ready), (status.DesiredHealthy, status.DisruptionsAllowed, status.CurrentHealthy));
        Assert.Equal(allowed > 0 ? "SufficientPods" : "InsufficientPods", Assert.Single(status.Conditions).Reason);
    }

    [Fact]
    public void Status_EvictedPod_CountsAsGoneForTwoMinutes()
    {
        var budget = Budget("1", null);
        budget.Status = new V1PodDisruptionBudgetStatus { DisruptedPods = new Dictionary<string, DateTime?> { ["p0"] = Now, ["gone"] = Now } };
        V1Pod[] pods = [Pod(0, true), Pod(1, true)];

        var before = DisruptionBudget.Status(budget, pods, 0, Now.AddSeconds(119));
        var after = DisruptionBudget.Status(budget, pods, 0, Now.AddSeconds(120));

        Assert.Equal(["p0"], before.DisruptedPods.Keys);
        Assert.Equal(0, before.DisruptionsAllowed);
        Assert.Null(after.DisruptedPods);
        Assert.Equal(1, after.DisruptionsAllowed);
        Assert.Equal(["p0"], DisruptionBudget.Survivors(budget, pods, Now.AddSeconds(120)).Select(p => p.Metadata.Name));
    }

    [Fact]
    public void Status_EvictionOfAFutureBeforeTheClockWasSetBack_CountsNoMore()
    {
        var budget = Budget("1", null);
        budget.Status = new V1PodDisruptionBudgetStatus { DisruptedPods = new Dictionary<string, DateTime?> { ["p0"] = Now } };

        Assert.Equal(1, DisruptionBudget.Status(budget, [Pod(0, true), Pod(1, true)], 0, Now.AddHours(-1)).DisruptionsAllowed);
    }

    [Property]
    public Property Status_AnyPods_NeverAllowsFallingBelowTheMinimum() => Prop.ForAll(
        ArbMap.Default.ArbFor<bool[]>(), ArbMap.Default.ArbFor<byte>(), (ready, min) =>
        {
            var status = DisruptionBudget.Status(Budget(min.ToString(System.Globalization.CultureInfo.InvariantCulture), null), [.. ready.Select((r, i) => Pod(i, r))], 0, Now);
            return status.DisruptionsAllowed == 0 || ready.Count(r => r) - status.DisruptionsAllowed >= min;
        });

    private static V1PodDisruptionBudget Budget(string? min, string? max) => new()
    {
        Metadata = new V1ObjectMeta { Name = "b", Generation = 1 },
        Spec = new V1PodDisruptionBudgetSpec { MinAvailable = min is null ? null : (IntOrString)min, MaxUnavailable = max is null ? null : (IntOrString)max },
    };

    private static V1Pod Pod(int index, bool ready) => new()
    {
        Metadata = new V1ObjectMeta { Name = $"p{index}" },
        Status = new V1PodStatus { Conditions = [new V1PodCondition { Type = "Ready", Status = ready ? "True" : "False" }] },
    };
}
