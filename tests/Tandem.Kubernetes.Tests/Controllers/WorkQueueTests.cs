using Microsoft.Extensions.Time.Testing;
using Tandem.Kubernetes.Controllers;

namespace Tandem.Kubernetes.Tests.Controllers;

public sealed class WorkQueueTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly WorkQueue _queue;

    public WorkQueueTests() => _queue = new WorkQueue(_time);

    [Fact]
    public async Task AddAfter_TwiceForOneKey_ComesOnceAtTheSoonerTime()
    {
        _queue.AddAfter("a", TimeSpan.FromSeconds(20));
        _queue.AddAfter("a", TimeSpan.FromSeconds(10));
        _queue.AddAfter("a", TimeSpan.FromSeconds(15));

        _time.Advance(TimeSpan.FromSeconds(10));
        await TakeAsync();
        _time.Advance(TimeSpan.FromSeconds(60));

        Assert.False(_queue.TakeAsync(CancellationToken.None).IsCompleted);
    }

    [Fact]
    public async Task AddAfter_WishedForAgainEachTime_ComesOnceAPeriodThoughLookedAtInBetween()
    {
        var looks = 0;
        _queue.AddAfter("a", TimeSpan.FromSeconds(15));
        for (var resync = 0; resync < 10; resync++)
        {
            _queue.Add("a");
            await LookAsync();
            _time.Advance(TimeSpan.FromSeconds(15));
            await LookAsync();
        }

        Assert.Equal(20, looks);
        Assert.False(_queue.TakeAsync(CancellationToken.None).IsCompleted);

        async Task LookAsync()
        {
            await TakeAsync();
            looks++;
            _queue.AddAfter("a", TimeSpan.FromSeconds(15));
        }
    }

    [Fact]
    public async Task AddAfter_AYear_IsTakenAndLookedAtSooner()
    {
        _queue.AddAfter("a", TimeSpan.FromDays(365));
        _time.Advance(TimeSpan.FromHours(1));
        await TakeAsync();
    }

    [Fact]
    public async Task AddAfter_TimeThatHasPassed_ComesAtOnce()
    {
        _queue.AddAfter("a", TimeSpan.FromSeconds(-5));
        await TakeAsync();
    }

    private async Task TakeAsync()
    {
        Assert.Equal("a", await _queue.TakeAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(5)));
        _queue.Done("a", again: false);
    }
}
