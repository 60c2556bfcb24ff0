using FsCheck.Xunit;
using k8s.Models;
using Tandem.Kubernetes.Controllers.Autoscaling;

namespace Tandem.Kubernetes.Tests.Controllers.Autoscaling;

/// <summary>Bounds, rates and stabilisation, with a clock that the test moves.</summary>
public sealed class ReplicaLimitsTests
{
    private readonly ScaleHistory _history = new();
    private TimeSpan _now = TimeSpan.FromDays(1);

    [Theory]
    [InlineData(1, 100, 4, "ScaleUpLimit")]
    [InlineData(10, 100, 20, "ScaleUpLimit")]
    [InlineData(40, 100, 50, "TooManyReplicas")]
    [InlineData(10, 1, 2, "TooFewReplicas")]
    [InlineData(10, 12, 12, "DesiredWithinRange")]
    public void Decide_WithoutBehavior_KeepsTheBounds(int current, int desired, int replicas, string reason)
    {
        var decision = ReplicaLimits.Decide(Spec(), current, desired, _history, _now);

        Assert.Equal((replicas, reason), (decision.Replicas, decision.Limit.Reason));
        Assert.Equal(reason != "DesiredWithinRange", decision.IsLimited);
    }

    [Fact]
    public void Decide_LowerRecommendation_WaitsFiveMinutes()
    {
        ReplicaLimits.Decide(Spec(), 10, 10, _history, _now);
        _now += TimeSpan.FromSeconds(299);
        var early = ReplicaLimits.Decide(Spec(), 10, 5, _history, _now);
        _now += TimeSpan.FromSeconds(2);
        var late = ReplicaLimits.Decide(Spec(), 10, 5, _history, _now);

        Assert.Equal((10, "ScaleDownStabilized"), (early.Replicas, early.Stable.Reason));
        Assert.Equal((5, "ReadyForNewScale"), (late.Replicas, late.Stable.Reason));
    }

    [Fact]
    public void Decide_ScaleUpWindow_TakesTheLowestOfIt()
    {
        var spec = Spec();
        spec.Behavior = Behavior(up: Rules(60, "Max", ("Pods", 100, 15)));
        ReplicaLimits.Decide(spec, 5, 6, _history, _now);
        _now += TimeSpan.FromSeconds(30);

        var decision = ReplicaLimits.Decide(spec, 5, 20, _history, _now);

        Assert.Equal((6, "ScaleUpStabilized"), (decision.Replicas, decision.Stable.Reason));
    }

    [Theory]
    [InlineData("Max", 18)] // five pods or 80 % more than the ten there were when the period began
    [InlineData("Min", 15)]
    public void Decide_ScaleUpPolicies_CountWhatThePeriodSaw(string select, int replicas)
    {
        var spec = Spec();
        spec.Behavior = Behavior(up: Rules(0, select, ("Pods", 5, 60), ("Percent", 80, 60)));
        _history.Scaled(4, 10, _now);
        _now += TimeSpan.FromSeconds(45);
        _history.Scaled(10, 14, _now);
        _now += TimeSpan.FromSeconds(30);

        var decision = ReplicaLimits.Decide(spec, 14, 40, _history, _now);

        Assert.Equal((replicas, "ScaleUpLimit"), (decision.Replicas, decision.Limit.Reason));
    }

    [Fact]
    public void Decide_ScaleDownDisabled_Stays()
    {
        var spec = Spec();
        spec.Behavior = Behavior(down: Rules(0, "Disabled", ("Pods", 5, 60)));

        var decision = ReplicaLimits.Decide(spec, 10, 3, _history, _now);

        Assert.Equal((10, true, "ScaleDownLimit"), (decision.Replicas, decision.IsLimited, decision.Limit.Reason));
    }

    [Property]
    public bool Decide_Anything_StaysWithinTheBoundsAndInTheDirection(byte current, byte desired, bool behaves)
    {
        var spec = Spec();
        spec.Behavior = behaves ? Behavior() : null;
        var from = Math.Clamp((int)current, 2, 50);

        var replicas = ReplicaLimits.Decide(spec, from, desired, new ScaleHistory(), _now).Replicas;

        return replicas is >= 2 and <= 50 && (desired >= from ? replicas >= from : replicas <= from);
    }

    private static V2HorizontalPodAutoscalerSpec Spec() => new() { MinReplicas = 2, MaxReplicas = 50 };

    private static V2HorizontalPodAutoscalerBehavior Behavior(V2HPAScalingRules? up = null, V2HPAScalingRules? down = null) => new()
    {
        ScaleUp = up ?? Rules(0, "Max", ("Pods", 4, 15), ("Percent", 100, 15)),
        ScaleDown = down ?? Rules(0, "Max", ("Percent", 100, 15)),
    };

    private static V2HPAScalingRules Rules(int window, string select, params (string Type, int Value, int Period)[] policies) => new()
    {
        StabilizationWindowSeconds = window,
        SelectPolicy = select,
        Policies = [.. policies.Select(p => new V2HPAScalingPolicy { Type = p.Type, Value = p.Value, PeriodSeconds = p.Period })],
    };
}
