using k8s.Models;
using Microsoft.Extensions.Time.Testing;
using Tandem.Kubernetes.Node.Probes;
using Tandem.Kubernetes.Node.Status;

namespace Tandem.Kubernetes.Tests.Node.Probes;

public sealed class ContainerProbesTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly List<(V1Probe Probe, double At)> _asked = [];
    private bool _answer;

    [Fact]
    public void Readiness_NotYetPassing_IsAskedOftenInItsFirstPeriod()
    {
        var container = new V1Container { Name = "c", ReadinessProbe = new V1Probe { PeriodSeconds = 10 } };
        using var probes = Start(container);
        Advance(1);
        _answer = true;
        Advance(1);
        Assert.Equal(new ContainerHealth(true, true), probes.Health);
        var asked = _asked.Count;
        Advance(7);
        Assert.Equal(asked, _asked.Count); // ready: each period only
        Advance(2);
        Assert.Equal(asked + 1, _asked.Count);
    }

    [Fact]
    public void Startup_NotPassed_HoldsTheOtherProbesThenFailsByCountedProbesOnly()
    {
        var container = new V1Container
        {
            Name = "c",
            StartupProbe = new V1Probe { PeriodSeconds = 5, FailureThreshold = 3 },
            LivenessProbe = new V1Probe { PeriodSeconds = 1 },
        };
        using var probes = Start(container);
        Advance(9);
        Assert.Null(probes.Failed); // due at 0, 5 and 10 s, and early ones between
        Assert.DoesNotContain(_asked, a => a.Probe == container.LivenessProbe);
        Advance(2);
        Assert.Equal("startup", probes.Failed);
    }

    [Fact]
    public void InitialDelay_IsHonoured()
    {
        using var probes = Start(new V1Container { Name = "c", LivenessProbe = new V1Probe { InitialDelaySeconds = 5, PeriodSeconds = 1, FailureThreshold = 1 } });
        Advance(4.9);
        Assert.Empty(_asked);
        Advance(0.2);
        Assert.Equal("liveness", probes.Failed);
    }

    [Fact]
    public void InitialDelay_ClockSetBackAnHourMeanwhile_DoesNotTakeAnHour()
    {
        var began = _time.GetUtcNow();
        _time.AdjustTime(began.AddHours(-1));
        using var probes = Start(new V1Container { Name = "c", LivenessProbe = new V1Probe { InitialDelaySeconds = 5, PeriodSeconds = 1, FailureThreshold = 1 } }, began);
        Advance(6);
        Assert.Equal("liveness", probes.Failed);
    }

    private ContainerProbes Start(V1Container container, DateTimeOffset? started = null)
    {
        var began = started ?? _time.GetUtcNow();
        return new ContainerProbes(
            container, began, default,
            (probe, _) =>
            {
                _asked.Add((probe, (_time.GetUtcNow() - began).TotalSeconds));
                return Task.FromResult(new ProbeResult(_answer, ""));
            },
            (_, _) => { }, () => { }, _time);
    }

    private void Advance(double seconds)
    {
        for (var step = 0; step < seconds * 20; step++)
            _time.Advance(TimeSpan.FromMilliseconds(50));
    }
}
