using Microsoft.Extensions.Time.Testing;
using Tandem.LoadBalancer.Proxy;
using Tandem.LoadBalancer.Steering;

namespace Tandem.LoadBalancer.Tests.Proxy;

public sealed class OriginStateTests : IDisposable
{
    private static readonly OriginVerdict Healthy = new(true, true, false);

    private static readonly OriginView Origin = Samples.Origin("p", "o");

    private readonly FakeTimeProvider _time = new();
    private readonly OriginState _state;
    private int _checks;

    public OriginStateTests() => _state = new OriginState(() => _checks++, TimeSpan.FromSeconds(1), _time.GetUtcNow, _time);

    public void Dispose() => _state.Dispose();

    [Fact]
    public void Failed_ConnectionRefused_IsInDoubtUntilACheckThatBeganLaterPasses()
    {
        var before = _time.GetUtcNow();
        _time.Advance(TimeSpan.FromSeconds(1));
        _state.Failed(Origin, OriginFailure.Refused);
        Assert.Equal(new OriginStanding(false, _time.GetUtcNow()), _state.Standing);

        _state.Update(Healthy, before);
        Assert.False(_state.Standing.IsGood);

        _state.Update(Healthy, _time.GetUtcNow());
        Assert.True(_state.Standing.IsGood);
    }

    [Theory]
    [InlineData((int)OriginFailure.Broken)]
    [InlineData((int)OriginFailure.NoResponse)]
    public void Failed_AfterTheRequestWasSent_OnlyHasItChecked(int failure)
    {
        _state.Failed(Origin, (OriginFailure)failure);
        _time.Advance(TimeSpan.Zero);

        Assert.True(_state.Standing.IsGood);
        Assert.Equal(1, _checks);
    }

    [Fact]
    public void Failed_Unmonitored_IsNeverInDoubt()
    {
        _state.Failed(Origin with { Health = null }, OriginFailure.Refused);

        Assert.True(_state.Standing.IsGood);
    }

    [Fact]
    public void Failed_ManyTimes_IsCheckedOnceAPause()
    {
        for (var i = 0; i < 1000; i++)
        {
            _state.Failed(Origin, OriginFailure.Refused);
            _time.Advance(TimeSpan.FromMilliseconds(10));
        }

        Assert.InRange(_checks, 9, 11);
    }

    [Fact]
    public void DoubtSilence_OnlyWhereTheChecksWonderToo()
    {
        _state.Update(Healthy, null);
        Assert.False(_state.DoubtSilence());
        Assert.True(_state.Standing.IsGood);

        _state.Update(Healthy with { Suspect = true }, null);
        Assert.True(_state.DoubtSilence());
        Assert.Equal(new OriginStanding(false, _time.GetUtcNow()), _state.Standing);
    }

    [Fact]
    public void Update_ChecksSayDown_EndsWhatIsUnderWayUntilItIsUpAgain()
    {
        var underWay = _state.Down;

        _state.Update(new OriginVerdict(false, false, false), null);
        Assert.True(underWay.IsCancellationRequested);

        _state.Update(Healthy, _time.GetUtcNow());
        Assert.False(_state.Down.IsCancellationRequested);
    }
}
