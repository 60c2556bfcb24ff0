using System.Net;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Tandem.LoadBalancer.Steering;

namespace Tandem.LoadBalancer.Tests.Steering;

public class FailoverTests
{
    [Fact]
    public void Choose_FirstHealthyPool_InTheOrderOfTheDefaultPools() =>
        Assert.Equal("b", Choose(Pool("a", up: false), Pool("b"), Pool("c")).Pool!.Id);

    [Fact]
    public void Choose_PreferredPoolDisabled_TakesTheNext() =>
        Assert.Equal("b", Choose(Pool("a") with { Enabled = false }, Pool("b")).Pool!.Id);

    [Fact]
    public void Choose_AllDown_TakesTheFallbackWithAllItsOrigins()
    {
        var fallback = Pool("f", up: false);

        Assert.Equal(fallback.All, Failover.Choose([Pool("a", up: false)], fallback, 30, 1).Addresses);
    }

    [Fact]
    public void Choose_AllDownAndTheFallbackDisabled_HasNoAnswer() =>
        Assert.Empty(Failover.Choose([Pool("a", up: false)], Pool("f") with { Enabled = false }, 30, 1).Addresses);

    [Fact]
    public void Choose_NoPoolHasAMonitor_TakesTheFirst() =>
        Assert.Equal("a", Choose(Pool("a") with { Monitored = false }, Pool("b") with { Monitored = false }).Pool!.Id);

    [Fact]
    public void Choose_PoolHeldBackByDampingAndAllOthersDown_TakesTheHeldBackOne() =>
        Assert.Equal("a", Choose(Pool("a", up: false) with { Observed = true }, Pool("b", up: false)).Pool!.Id);

    [Fact]
    public void Choose_PoolForcedDownThoughHealthy_IsNotTaken() =>
        Assert.Equal("b", Choose(Pool("a", up: false) with { Observed = true, Forced = false }, Pool("b", up: false) with { Observed = true }).Pool!.Id);

    [Fact]
    public void Choose_ServingPoolSuspect_LowersTheTtl()
    {
        Assert.Equal(1, Choose(Pool("a") with { Suspect = true }, Pool("b")).Ttl);
        Assert.Equal(30, Choose(Pool("a"), Pool("b") with { Suspect = true }).Ttl);
    }

    [Property]
    public Property Choose_AnyHealth_IsNeverEmptyWhileTheFallbackIsEnabled() => Prop.ForAll(
        (from up in Gen.Elements(true, false)
         from enabled in Gen.Elements(true, false)
         from observed in Gen.Elements(true, false)
         from forced in Gen.Elements<bool?>(true, false, null)
         select Pool("p", forced ?? up) with { Enabled = enabled, Observed = observed, Forced = forced }).NonEmptyListOf().ToArbitrary(),
        pools =>
        {
            var answer = Failover.Choose([.. pools], Pool("f", up: false), 30, 1);
            Assert.NotEmpty(answer.Addresses);
            Assert.True(answer.Pool!.Enabled);
            Assert.True(answer.Pool.Published || !pools.Any(p => p is { Enabled: true, Published: true }));
        });

    private static Answer Choose(params PoolView[] pools) => Failover.Choose(pools, pools[^1], 30, 1);

    private static PoolView Pool(string id, bool up = true)
    {
        IPAddress[] addresses = [IPAddress.Parse("192.0.2.1")];
        return new PoolView
        {
            Id = id,
            Name = id,
            Enabled = true,
            Monitored = true,
            Forced = null,
            Observed = up,
            Published = up,
            Suspect = false,
            Healthy = up ? addresses : [],
            All = addresses,
        };
    }
}
