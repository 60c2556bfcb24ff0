using FsCheck.Xunit;
using k8s.Models;
using Tandem.Kubernetes.Controllers.Autoscaling;

namespace Tandem.Kubernetes.Tests.Controllers.Autoscaling;

/// <summary>Each pod requests a core; so many thousandths in use are so many tenths of a percent.</summary>
public sealed class ReplicaCalculatorTests
{
    private static readonly Tolerance Usual = Tolerance.Of(null);
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(50, 3, "1000 1000 1000", 6)]
    [InlineData(50, 3, "540 540 540", 3)]     // within the tolerance
    [InlineData(50, 4, "100 100 100 100", 1)]
    [InlineData(50, 3, "600 600 -", 3)]       // who is missing is idle: the direction would turn
    [InlineData(50, 3, "1000 1000 -", 4)]
    [InlineData(50, 3, "100 100 -", 3)]       // who is missing works fully
    [InlineData(50, 4, "50 50 50 -", 3)]
    [InlineData(50, 3, "1000 1000 unready", 4)]
    [InlineData(50, 3, "100 100 unready", 1)] // who is not ready does not count on the way down
    [InlineData(50, 2, "1000 failed", 2)]
    public void ByUtilization_Pods_AsTheRealAlgorithm(int target, int current, string pods, int replicas) =>
        Assert.Equal(replicas, ByUtilization(target, current, pods).Replicas);

    [Fact]
    public void ByUtilization_OwnTolerance_CountsInItsDirection()
    {
        var tolerance = Tolerance.Of(new() { ScaleUp = new() { Tolerance = new("0") }, ScaleDown = new() { Tolerance = new("500m") } });
        int Replicas(string text)
        {
            var (pods, metrics) = Read(text);
            return ReplicaCalculator.ByUtilization(2, 50, tolerance, pods, metrics, "cpu", null, Now).Replicas;
        }

        Assert.Equal((3, 2, 1), (Replicas("510 510"), Replicas("260 260"), Replicas("240 240")));
    }

    [Fact]
    public void ByUtilization_Average_IsOfReadyPods()
    {
        var proposal = ByUtilization(50, 3, "100 300 unready");

        Assert.Equal((20, 200L), (proposal.Utilization, proposal.AverageMilli));
    }

    [Fact]
    public void ByUtilization_ContainerWithoutRequest_Fails()
    {
        var (pods, metrics) = Read("100");
        pods[0].Spec.Containers[0].Resources = null;

        var failure = Assert.Throws<ScalingFailure>(() => ReplicaCalculator.ByUtilization(1, 50, Usual, pods, metrics, "cpu", null, Now));

        Assert.Equal("missing request for cpu in container c of Pod p0", failure.Message);
    }

    [Theory]
    [InlineData("", "no pods returned by selector while calculating replica count")]
    [InlineData("- -", "did not receive metrics for any ready pods")]
    public void ByAverage_NothingMeasured_Fails(string text, string message)
    {
        var (pods, metrics) = Read(text);

        Assert.Equal(message, Assert.Throws<ScalingFailure>(() => ReplicaCalculator.ByAverage(1, 100, Usual, pods, metrics, "cpu", Now)).Message);
    }

    [Property]
    public bool ByAverage_AllMeasured_IsTheSumByTheTarget(byte[] milli, ushort target)
    {
        if (milli.Length == 0)
            return true;
        var wanted = target + 1L;
        var (pods, metrics) = Read(string.Join(' ', milli));

        var proposal = ReplicaCalculator.ByAverage(milli.Length, wanted, Usual, pods, metrics, "cpu", Now);

        var ratio = (double)(milli.Sum(m => m) / milli.Length) / wanted;
        return proposal.Replicas == (Math.Abs(1 - ratio) <= 0.1 ? milli.Length : (int)Math.Ceiling(ratio * milli.Length));
    }

    /// <summary>What is not known never turns the change round, and never makes it larger.</summary>
    [Property]
    public bool ByUtilization_MissingPods_OnlyDampen(byte use, byte ready, byte missing)
    {
        var (some, none) = (1 + (ready % 5), missing % 5);
        var current = some + none;
        var known = ByUtilization(50, current, string.Join(' ', Enumerable.Repeat(use * 5, some))).Replicas;
        var damped = ByUtilization(50, current, string.Join(' ', Enumerable.Repeat(use * 5 + "", some).Concat(Enumerable.Repeat("-", none)))).Replicas;

        return use * 5 < 500 ? damped <= current && damped >= Math.Min(known, current) : damped >= current;
    }

    private static ReplicaCalculator.Proposal ByUtilization(int target, int current, string text)
    {
        var (pods, metrics) = Read(text);
        return ReplicaCalculator.ByUtilization(current, target, Usual, pods, metrics, "cpu", null, Now);
    }

    /// <summary>A word a pod: thousandths of a core, "-" for not measured, "unready" or "failed".</summary>
    private static (List<V1Pod> Pods, Dictionary<string, PodMetric> Metrics) Read(string text)
    {
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var pods = words.Select((word, i) => new V1Pod
        {
            Metadata = new() { Name = $"p{i}" },
            Spec = new() { Containers = [new() { Name = "c", Resources = new() { Requests = new Dictionary<string, ResourceQuantity> { ["cpu"] = new("1") } } }] },
            Status = new()
            {
                Phase = word == "failed" ? "Failed" : "Running",
                StartTime = Now.UtcDateTime.AddHours(-1),
                Conditions = [new() { Type = "Ready", Status = word == "unready" ? "False" : "True", LastTransitionTime = Now.UtcDateTime.AddHours(-1) }],
            },
        }).ToList();
        var metrics = words.Index().Where(w => w.Item != "-").ToDictionary(
            w => $"p{w.Index}", w => new PodMetric(long.TryParse(w.Item, out var milli) ? milli : 5000, Now, TimeSpan.FromSeconds(15)));
        return (pods, metrics);
    }
}
