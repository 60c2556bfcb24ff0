using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Tandem.Platform.Failover;
using Tandem.Platform.Spec;

namespace Tandem.Platform.Tests.Failover;

public sealed class FailbackPolicyTests
{
    private static readonly FailbackSpec Automatic = new(true, null);
    private static readonly FailbackSpec Manual = new(false, null);
    private static readonly FailbackSpec After = new(false, TimeSpan.FromMinutes(10));

    private static readonly Gen<FailbackSpec> AnySpec = Gen.Elements(Automatic, Manual, After);

    private static readonly Gen<FailbackView> AnyView =
        from order in Gen.Elements("HS", "SH", "HSx", "xSH", "HxS", "H", "S", "x", "")
        from hot in Gen.Elements(true, false)
        from standby in Gen.Elements(true, false)
        from seconds in Gen.Choose(0, 1200)
        from admission in Gen.Elements(Enum.GetValues<StandbyAdmission>())
        select View(order, hot, standby, hot ? seconds : 0) with { Admission = admission };

    [Theory]
    [InlineData("HS", true, true, "HS")]
    [InlineData("HS", false, true, "SH")]
    [InlineData("HS", false, false, "HS")] // nobody to take over
    [InlineData("SH", true, true, "SH")] // until told
    [InlineData("SH", true, false, "SH")] // the load balancer itself fails over to hot, which stays second
    [InlineData("SH", false, false, "SH")]
    public void Order_Manual_HoldsTheStandby(string order, bool hot, bool standby, string wanted) =>
        Assert.Equal(wanted, Order(Manual, View(order, hot, standby, 1_000_000)));

    [Theory]
    [InlineData("HS", false, 0, "SH")]
    [InlineData("SH", true, 599, "SH")]
    [InlineData("SH", true, 600, "HS")]
    [InlineData("SH", false, 600, "SH")]
    public void Order_After_ReturnsWhenTheTimeIsOver(string order, bool hot, int seconds, string wanted) =>
        Assert.Equal(wanted, Order(After, View(order, hot, true, seconds)));

    [Property]
    public Property Order_Automatic_IsHotFirst() => Prop.ForAll(AnyView.Where(v => v.Order.Count == 2 && v.Admission != StandbyAdmission.NotReady).ToArbitrary(), view =>
        Assert.Equal("HS", Order(Automatic, view)));

    [Property]
    public Property Order_HeldByAnOperator_IsThatClusterFirstWhateverThePolicy() => Prop.ForAll(
        AnySpec.ToArbitrary(), AnyView.Where(v => v.Order.Count == 2).ToArbitrary(), Gen.Elements("hot", "standby").ToArbitrary(),
        (spec, view, held) => Assert.Equal(held == "hot" ? 'H' : 'S', Order(spec, view with { Held = held })[0]));

    [Property]
    public Property Order_Any_KeepsThePoolsAndThePlacesOfOthers() => Prop.ForAll(AnySpec.ToArbitrary(), AnyView.ToArbitrary(), (spec, view) =>
    {
        var order = FailbackPolicy.Order(spec, view);

        Assert.Equal(view.Order.Where(p => p != "S").Order(), order.Where(p => p != "S").Order());
        if (view.Admission == StandbyAdmission.Free)
        {
            Assert.Equal(view.Order.Order(), order.Order());
            Assert.Equal(view.Order.Index().Where(p => p.Item == "x"), order.Index().Where(p => p.Item == "x"));
        }
    });

    [Property]
    public Property Order_DecidedAgain_Stays() => Prop.ForAll(AnySpec.ToArbitrary(), AnyView.ToArbitrary(), (spec, view) =>
    {
        var once = FailbackPolicy.Order(spec, view);

        Assert.Equal(once, FailbackPolicy.Order(spec, view with { Order = once }));
    });

    [Theory]
    [InlineData("HS", StandbyAdmission.NotReady, true, "H")]
    [InlineData("HxS", StandbyAdmission.NotReady, true, "Hx")]
    [InlineData("HS", StandbyAdmission.Unknown, true, "HS")]
    [InlineData("H", StandbyAdmission.Unknown, true, "H")]
    [InlineData("H", StandbyAdmission.Ready, true, "HS")]
    [InlineData("H", StandbyAdmission.Free, true, "H")] // somebody else's will
    [InlineData("SH", StandbyAdmission.NotReady, true, "SH")] // it serves: never taken out
    [InlineData("H", StandbyAdmission.NotReady, false, "SH")] // hot is down: degraded beats down, and is held
    [InlineData("H", StandbyAdmission.Unknown, false, "SH")]
    public void Order_ManualAndEnforced_UsesAStandbyThatIsReadyOrNeeded(string order, StandbyAdmission admission, bool hot, string wanted) =>
        Assert.Equal(wanted, Order(Manual, View(order, hot, true, 0) with { Admission = admission }));

    [Theory]
    [InlineData("HS", StandbyAdmission.NotReady, "H")]
    [InlineData("H", StandbyAdmission.Ready, "HS")]
    [InlineData("H", StandbyAdmission.NotReady, "H")] // the fallback pool serves, and the load balancer returns by itself
    public void Order_AutomaticAndEnforced_IsHotAndTheStandbyThatIsReady(string order, StandbyAdmission admission, string wanted) =>
        Assert.Equal(wanted, Order(Automatic, View(order, false, true, 0) with { Admission = admission }));

    /// <summary>Whatever happens, traffic never returns to hot but by health for the whole time (after) or not at all (manual).</summary>
    [Property]
    public Property Order_OverTime_ReturnsOnlyAsTheSpecSays() => Prop.ForAll(
        Gen.Elements(Manual, After).ToArbitrary(),
        AnyView.Where(v => v.Order.Count == 2).ListOf().ToArbitrary(),
        (spec, history) =>
        {
            IReadOnlyList<string> order = ["H", "S"];
            foreach (var moment in history)
            {
                var next = FailbackPolicy.Order(spec, moment with { Order = order });
                if (order[0] == "S" && next[0] == "H")
                    Assert.True(spec == After && moment.HotHealthy && moment.HotHealthyFor >= After.After);
                if (order[0] == "H" && next[0] == "S")
                    Assert.True(!moment.HotHealthy && moment.StandbyHealthy);
                order = next;
            }
        });

    private static FailbackView View(string order, bool hot, bool standby, int seconds) =>
        new("H", "S", [.. order.Select(c => c.ToString())], hot, standby, TimeSpan.FromSeconds(seconds));

    private static string Order(FailbackSpec spec, FailbackView view) => string.Concat(FailbackPolicy.Order(spec, view));
}
