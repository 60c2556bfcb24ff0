using Microsoft.Extensions.Time.Testing;

namespace Tandem.Ingress.Tests;

public class ChangeSignalTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task WaitAsync_OneChange_CompletesAfterAQuietTenthOfASecond()
    {
        var signal = new ChangeSignal(_time);
        signal.Set();
        var waiting = signal.WaitAsync(CancellationToken.None);

        _time.Advance(TimeSpan.FromMilliseconds(99));
        Assert.False(waiting.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));

        await waiting.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void WaitAsync_NeverQuiet_CompletesWithinAboutASecond()
    {
        // Without a context what follows from a step of time runs within that step: time cannot run ahead of it.
        SynchronizationContext.SetSynchronizationContext(null);
        var signal = new ChangeSignal(_time);
        signal.Set();
        var started = _time.GetTimestamp();
        var waiting = signal.WaitAsync(CancellationToken.None);

        while (!waiting.IsCompleted && _time.GetElapsedTime(started) < TimeSpan.FromSeconds(30))
        {
            signal.Set();
            _time.Advance(TimeSpan.FromMilliseconds(10));
        }

        Assert.InRange(_time.GetElapsedTime(started), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1.1));
    }
}
