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
    public async Task WaitAsync_NeverQuiet_CompletesWithinAboutASecond()
    {
        var signal = new ChangeSignal(_time);
        signal.Set();
        var started = _time.GetTimestamp();
        var waiting = signal.WaitAsync(CancellationToken.None);

        while (!waiting.IsCompleted)
        {
            signal.Set();
            _time.Advance(TimeSpan.FromMilliseconds(10));
            await Task.Yield();
        }

        Assert.InRange(_time.GetElapsedTime(started), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30));
    }
}
