using FsCheck.Xunit;
using Tandem.Kubernetes.Node.Probes;

namespace Tandem.Kubernetes.Tests.Node.Probes;

public sealed class ProbeStateTests
{
    [Fact]
    public void Observe_FailuresBelowTheThreshold_KeepAliveAndReady()
    {
        var state = new ProbeState(ProbeKind.Liveness, 3, 1);
        Assert.False(state.Observe(false) || state.Observe(false) || state.Observe(true) || state.Observe(false) || state.Observe(false));
        Assert.True(state.Passing);
        Assert.True(state.Observe(false));
        Assert.True(state.Failed);
    }

    [Fact]
    public void Observe_FirstSuccess_MakesReadyAtOnce()
    {
        var state = new ProbeState(ProbeKind.Readiness, 3, 1);
        Assert.False(state.Passing);
        Assert.True(state.Observe(true));
        Assert.True(state.Passing);
    }

    [Property]
    public bool Observe_AnyResults_AgreesWithTheLastLongEnoughRun(bool[] results, byte f, byte s)
    {
        var (failures, successes) = (f % 4 + 1, s % 4 + 1);
        var state = new ProbeState(ProbeKind.Readiness, failures, successes);
        var expected = false;
        for (var i = 0; i < results.Length; i++)
        {
            state.Observe(results[i]);
            var run = 0;
            for (var j = i; j >= 0 && results[j] == results[i]; j--)
                run++;
            if (run >= (results[i] ? successes : failures))
                expected = results[i];
        }

        return state.Passing == expected;
    }

    [Property]
    public bool Next_OfASchedule_IsPositiveAndNeverSkipsAPeriod(uint elapsed, byte seconds, bool waiting)
    {
        var period = TimeSpan.FromSeconds(seconds % 60 + 1);
        var since = TimeSpan.FromMilliseconds(elapsed % 10_000_000);
        var (delay, counts) = ProbeSchedule.Next(since, period, waiting);
        var next = since + delay;
        var onPeriod = next.Ticks % period.Ticks == 0;
        return delay > TimeSpan.Zero && delay <= period && counts == onPeriod && (waiting || counts);
    }
}
