using FsCheck.Xunit;
using Tandem.Kubernetes.Node.Pods;

namespace Tandem.Kubernetes.Tests.Node.Pods;

public sealed class BackOffTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Remaining_BeforeAnyRestart_IsZero() => Assert.Equal(TimeSpan.Zero, new BackOff().Remaining("c", Start, Start));

    [Fact]
    public void Delay_AfterEachRestart_DoublesToFiveMinutes()
    {
        var backOff = new BackOff();
        var now = Start;
        var delays = new List<double>();
        for (var i = 0; i < 8; i++)
        {
            backOff.Next("c", now, now);
            delays.Add(backOff.Delay("c").TotalSeconds);
            now += backOff.Delay("c");
        }

        Assert.Equal([10, 20, 40, 80, 160, 300, 300, 300], delays);
    }

    [Fact]
    public void Remaining_AfterTenGoodMinutes_IsZeroAndBeginsAnew()
    {
        var backOff = new BackOff();
        backOff.Next("c", Start, Start);
        backOff.Next("c", Start, Start);
        var failed = Start + TimeSpan.FromMinutes(10.1);
        Assert.True(backOff.Remaining("c", failed, failed) <= TimeSpan.Zero);
        backOff.Next("c", failed, failed);
        Assert.Equal(BackOff.Initial, backOff.Delay("c"));
    }

    [Fact]
    public void Remaining_FailureOfAFutureBeforeTheClockWasSetBack_IsNotWaitedFor()
    {
        var backOff = new BackOff();
        backOff.Next("c", Start, Start);
        Assert.True(backOff.Remaining("c", Start.AddSeconds(5), Start.AddHours(-1)) <= TimeSpan.Zero);
    }

    [Property]
    public bool Remaining_AtAnyTime_NeverExceedsTheLongestDelay(ushort[] seconds)
    {
        var backOff = new BackOff();
        var now = Start;
        foreach (var second in seconds)
        {
            now += TimeSpan.FromSeconds(second);
            if (backOff.Remaining("c", now, now) <= TimeSpan.Zero || second % 2 == 0)
                backOff.Next("c", now, now);
            if (backOff.Remaining("c", now, now) > BackOff.Longest || backOff.Delay("c") > BackOff.Longest)
                return false;
        }

        return true;
    }
}
