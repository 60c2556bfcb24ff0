using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Tandem.Cloudflare.Model;
using Tandem.LoadBalancer.Proxy;
using Tandem.LoadBalancer.Steering;
using static Tandem.LoadBalancer.Tests.Proxy.Samples;

namespace Tandem.LoadBalancer.Tests.Proxy;

public class OriginChoiceTests
{
    [Theory]
    [InlineData(0.0, "a")]
    [InlineData(0.24, "a")]
    [InlineData(0.25, "b")]
    [InlineData(0.99, "b")]
    public void Choose_ByWeight_FollowsChance(double chance, string expected) =>
        Assert.Equal(expected, Choose(Route(false, Pool("p", Origin("p", "a", 0.25), Origin("p", "b", 0.75))), chance: chance)!.Name);

    [Fact]
    public void Choose_Weight0_GetsTrafficOnlyWhereAllHaveIt()
    {
        Assert.Equal("b", Choose(Route(false, Pool("p", Origin("p", "a", 0), Origin("p", "b"))))!.Name);
        Assert.Equal("a", Choose(Route(false, Pool("p", Origin("p", "a", 0))))!.Name);
    }

    [Fact]
    public void Choose_UnhealthyOrigin_IsTakenOnlyWhereAllAre()
    {
        Assert.Equal("b", Choose(Route(false, Pool("p", Origin("p", "a", healthy: false), Origin("p", "b"))))!.Name);
        Assert.Equal("a", Choose(Route(false, Pool("p", Origin("p", "a", healthy: false))))!.Name);
    }

    [Fact]
    public void Choose_OriginInDoubt_IsLeftOutIfAnotherMayServe()
    {
        PoolView[] pools = [Pool("p", Origin("p", "a")), Pool("q", Origin("q", "b"))];

        Assert.Equal("b", Choose(Route(true, pools), inDoubt: "a")!.Name);
        Assert.Equal("a", Choose(Route(false, pools), inDoubt: "a")!.Name);
    }

    [Fact]
    public void Choose_AllInDoubt_TakesThePoolThatWasDoubtedLast()
    {
        var route = Route(true, Pool("p", Origin("p", "lost")), Pool("q", Origin("q", "slow")));

        var chosen = OriginChoice.Choose(
            route.Usable, origin => new OriginStanding(false, DateTimeOffset.UnixEpoch.AddSeconds(origin.Name == "lost" ? 1 : 2)), null, 0);

        Assert.Equal("slow", chosen!.Name);
    }

    [Fact]
    public void Choose_NoPool_IsNobody() => Assert.Null(Choose(Route(true)));

    [Property]
    public Property Choose_AnyRoute_NeverTakesTheOneThatFailed_NorAnotherPoolUnasked() => Prop.ForAll(
        (from across in Gen.Elements(true, false)
         from counts in Gen.Choose(1, 3).ListOf()
         from doubts in Gen.Elements("0", "1", "none")
         from chance in Gen.Choose(0, 99)
         select (Across: across, Counts: counts, Doubt: doubts, Chance: chance / 100.0)).ToArbitrary(),
        given =>
        {
            var route = Route(given.Across, [.. given.Counts.Select((n, i) =>
                Pool($"p{i}", [.. Enumerable.Range(0, n).Select(o => Origin($"p{i}", $"{o}"))]))]);
            var failed = route.Pools.Count > 0 ? route.Pools[0].Origins[0] : null;

            var chosen = OriginChoice.Choose(route.Usable, o => Standing(o.Name == given.Doubt), failed, given.Chance);

            Assert.True(chosen is null || OriginKey.Of(chosen) != OriginKey.Of(failed!));
            Assert.True(chosen is null || given.Across || chosen.PoolId == "p0");
            Assert.True(chosen is not null || route.Pools.Count == 0 || route.Pools[0].Origins.Count == 1);
        });

    private static OriginView? Choose(ProxyRoute route, string? inDoubt = null, double chance = 0) =>
        OriginChoice.Choose(route.Usable, origin => Standing(origin.Name == inDoubt), null, chance);

    private static OriginStanding Standing(bool inDoubt) => new(false, inDoubt ? DateTimeOffset.UnixEpoch : null);

    private static ProxyRoute Route(bool across, params PoolView[] pools) => new(
        new CloudflareLoadBalancer { AdaptiveRouting = new CloudflareAdaptiveRouting { FailoverAcrossPools = across } }, pools, []);
}
