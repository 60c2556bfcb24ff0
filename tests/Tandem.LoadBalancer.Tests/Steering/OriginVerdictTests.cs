using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Tandem.LoadBalancer.Health;
using Tandem.LoadBalancer.Steering;

namespace Tandem.LoadBalancer.Tests.Steering;

public class OriginVerdictTests
{
    // U and D are members that are up and down, in capitals those that must be healthy.
    [Theory]
    [InlineData("u", true)]
    [InlineData("d", false)]
    [InlineData("uud", true)]
    [InlineData("ud", false)] // half is no majority
    [InlineData("udd", false)]
    [InlineData("uuD", false)]
    [InlineData("Udd", false)]
    [InlineData("Uud", true)]
    public void Of_Members_NeedTheMustsAndAMajority(string members, bool healthy)
    {
        var verdict = OriginVerdict.Of([.. members.Select(m => (char.IsUpper(m), Health(char.ToUpperInvariant(m) == 'U')))]);

        Assert.Equal((healthy, healthy), (verdict.Observed, verdict.Published));
    }

    [Property]
    public Property Of_OneMemberRecovers_NeverTakesAnOriginDown(bool[] musts, bool[] ups, int which)
    {
        var count = Math.Min(musts.Length, ups.Length);
        var members = Enumerable.Range(0, count).Select(i => (musts[i], Health(ups[i]))).ToList();
        var better = members.ToList();
        if (count > 0)
            better[(int)((uint)which % count)] = (musts[(int)((uint)which % count)], Health(true));
        return (count == 0 || !OriginVerdict.Of(members).Published || OriginVerdict.Of(better).Published).ToProperty();
    }

    private static TargetHealth Health(bool up) => new() { Observed = up ? Observed.Healthy : Observed.Unhealthy, Published = up };
}
