using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Tandem.Platform.Releases;

namespace Tandem.Platform.Tests.Releases;

public sealed class LeaseWatchTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly LeaseWatch _watch;

    public LeaseWatchTests() => _watch = new LeaseWatch(_time);

    [Fact]
    public void IsFree_WithoutAHolder_IsAtOnce()
    {
        Assert.True(_watch.IsFree(null));
        Assert.True(_watch.IsFree(Lease("", 1)));
    }

    [Fact]
    public void IsFree_HolderThatRenews_IsNever()
    {
        for (var i = 0; i < 100; i++)
        {
            Assert.False(_watch.IsFree(Lease("other", i)));
            _time.Advance(TimeSpan.FromSeconds(14));
        }

        Assert.Equal("other", _watch.Holder);
    }

    /// <summary>The holder's clock may be wrong by any amount: only that its Lease does not change counts.</summary>
    [Fact]
    public void IsFree_HolderThatDoesNotRenew_IsAfterTheDurationByOurClock()
    {
        Assert.False(_watch.IsFree(Lease("other", 1)));
        _time.Advance(TimeSpan.FromSeconds(14.9));
        Assert.False(_watch.IsFree(Lease("other", 1)));
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.True(_watch.IsFree(Lease("other", 1)));
    }

    private static JsonObject Lease(string holder, int renewed) => new()
    {
        ["spec"] = new JsonObject { ["holderIdentity"] = holder, ["renewTime"] = renewed.ToString(CultureInfo.InvariantCulture) },
    };
}
