using FsCheck.Xunit;
using Tandem.LoadBalancer.Proxy;

namespace Tandem.LoadBalancer.Tests.Proxy;

public class OriginStandingTests
{
    [Fact]
    public void CompareTo_FromWorstToBest()
    {
        OriginStanding[] worstFirst = [Of(true, 1), Of(true, 2), Of(true, null), Of(false, 1), Of(false, 2), Of(false, null)];

        Assert.Equal(worstFirst, worstFirst.Reverse().Order());
        Assert.Equal([false, false, false, false, false, true], worstFirst.Select(s => s.IsGood));
    }

    /// <summary>Otherwise two slow origins could each give up its requests for the other one.</summary>
    [Property]
    public void CompareTo_AnyTwo_AreNotEachBetterThanTheOther(bool oneDown, int? oneSince, bool otherDown, int? otherSince)
    {
        var (one, other) = (Of(oneDown, oneSince), Of(otherDown, otherSince));

        Assert.Equal(Math.Sign(one.CompareTo(other)), -Math.Sign(other.CompareTo(one)));
    }

    private static OriginStanding Of(bool down, int? since) => new(down, since is { } s ? DateTimeOffset.UnixEpoch.AddSeconds(s) : null);
}
