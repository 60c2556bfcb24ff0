using Tandem.Platform.Releases;

namespace Tandem.Platform.Tests.Releases;

public sealed class ReleaseHistoryTests
{
    private static readonly DateTimeOffset At = DateTimeOffset.UnixEpoch;

    [Fact]
    public void Of_RecordsOfBothClusters_TakesTheOneThatKnowsMore()
    {
        var begun = Release(2, ReleaseOutcome.Pending).With("standby", ReleaseStage.Applying);
        var further = begun.With("standby", ReleaseStage.Applied).With("hot", ReleaseStage.Applying);

        foreach (var records in new[] { new[] { begun, further }, [further, begun] })
            Assert.Equal(further, ReleaseHistory.Of(records.Select(r => (IReadOnlyList<Release>)[r])).Pending);
    }

    [Fact]
    public void Of_ClusterThatWasAway_IsTheOthers()
    {
        var one = Release(1, ReleaseOutcome.Succeeded).With("hot", ReleaseStage.Applied).With("standby", ReleaseStage.Applied);
        var two = Release(2, ReleaseOutcome.Succeeded).With("hot", ReleaseStage.Applied).With("standby", ReleaseStage.Missing);

        var history = ReleaseHistory.Of([[one, two], [one]]);

        Assert.Equal((two, 3), (history.Current, history.Next));
        Assert.Equal((two, one), (history.LastIn("hot"), history.LastIn("standby")));
        Assert.Equal(one, history.Before(2));
    }

    [Fact]
    public void Of_DifferentReleasesOfOneNumber_AreAConflictThatSaysWhatToDo()
    {
        var e = Assert.Throws<ReleaseConflictException>(() => ReleaseHistory.Of(
            [[Release(3, ReleaseOutcome.Succeeded)], [Release(3, ReleaseOutcome.Succeeded) with { Hash = "other" }]]));

        Assert.Equal(3, e.Number);
        Assert.Contains("tandem sync --from", e.Message);
    }

    [Fact]
    public void Current_FailedAndPendingReleases_AreNot()
    {
        var history = ReleaseHistory.Of([[Release(1, ReleaseOutcome.Succeeded), Release(2, ReleaseOutcome.Failed), Release(3, ReleaseOutcome.Pending)]]);

        Assert.Equal((1, 3, 4), (history.Current?.Number, history.Pending?.Number, history.Next));
    }

    [Fact]
    public void Of_Nothing_BeginsWithRelease1()
    {
        var history = ReleaseHistory.Of([[], []]);

        Assert.Equal((null, null, 1), (history.Current, history.Pending, history.Next));
    }

    private static Release Release(int number, ReleaseOutcome outcome) => new(number, $"hash{number}", "me@here", At.AddHours(number), outcome);
}
