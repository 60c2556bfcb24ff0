using Tandem.Platform.Failover;
using Tandem.Platform.Parity;

namespace Tandem.Platform.Tests.Parity;

public sealed class AdmissionTests
{
    [Theory]
    [InlineData("warn", "", "", false, StandbyAdmission.Free)]
    [InlineData("enforce", "", "", true, StandbyAdmission.Ready)]
    [InlineData("enforce", "", "", false, StandbyAdmission.NotReady)]
    [InlineData("enforce", "standby", "standby", false, StandbyAdmission.NotReady)]
    [InlineData("enforce", "standby", "", false, StandbyAdmission.Unknown)] // being listed
    [InlineData("enforce", "hot", "hot", false, StandbyAdmission.Unknown)] // no time to change anything
    [InlineData("enforce", "hot standby", "hot standby", false, StandbyAdmission.Unknown)] // our own network
    public void Of_Verdict_AdmitsOnlyWhatIsKnown(string readiness, string unseen, string away, bool ready, StandbyAdmission expected)
    {
        var spec = Sample.Parse(Sample.Minimal + $"  readiness: {readiness}\n");
        var verdict = new Verdict(ready, unseen.Length == 0, "", 1, [], Views.Now) { Unseen = Words(unseen), Away = Words(away) };

        Assert.Equal(expected, Admission.Of(spec, verdict));
    }

    [Fact]
    public void Of_NoVerdictYet_IsUnknown() => Assert.Equal(StandbyAdmission.Unknown, Admission.Of(Sample.Parse(Sample.Minimal + "  readiness: enforce\n"), null));

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
