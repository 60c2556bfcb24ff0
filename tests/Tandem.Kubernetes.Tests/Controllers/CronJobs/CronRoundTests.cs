using FsCheck.Xunit;
using k8s.Models;
using Microsoft.Extensions.Time.Testing;
using Tandem.Kubernetes.Controllers.CronJobs;
using Tandem.Kubernetes.Resources.Batch;

namespace Tandem.Kubernetes.Tests.Controllers.CronJobs;

public sealed class CronRoundTests
{
    private static readonly DateTimeOffset Created = new(2030, 1, 1, 0, 0, 30, TimeSpan.Zero);

    [Fact]
    public void Next_BeforeTheFirstTime_WaitsForIt()
    {
        var plan = CronRound.Next(Cron(), [], Created);

        Assert.Null(plan.Start);
        Assert.Equal(TimeSpan.FromSeconds(4 * 60 + 30) + TimeSpan.FromMilliseconds(100), plan.Again);
    }

    [Fact]
    public void Next_SeveralMissed_StartsTheLastOnly()
    {
        var plan = CronRound.Next(Cron(), [], Created.AddMinutes(17));

        Assert.Equal(Created.AddSeconds(-30).AddMinutes(15), plan.Start);
        Assert.Empty(plan.Events);
    }

    [Fact]
    public void Next_ManyMissed_StartsTheLastAndWarns()
    {
        var plan = CronRound.Next(Cron(), [], Created.AddDays(1));

        Assert.NotNull(plan.Start);
        Assert.Equal("TooManyMissedTimes", Assert.Single(plan.Events).Reason);
    }

    [Fact]
    public void Next_ClockSetBackAnHour_GoesOnWithTheNextTimeAndNotAnHourLater()
    {
        var cron = Cron();
        cron.Status = new V1CronJobStatus { LastScheduleTime = Created.AddMinutes(59.5).UtcDateTime };

        var stepped = CronRound.Next(cron, [], Created);
        cron.Status = stepped.Status;

        Assert.Null(stepped.Start);
        Assert.Equal(Created.AddMinutes(4.5), CronRound.Next(cron, [], Created.AddMinutes(4.5)).Start);
    }

    [Fact]
    public void Next_CreatedBeforeTheClockWasSetBack_GoesOnWithTheNextTime()
    {
        var cron = Cron();
        cron.Status = CronRound.Next(cron, [], Created.AddHours(-1)).Status;

        Assert.Equal(Created.AddHours(-1).AddMinutes(4.5), CronRound.Next(cron, [], Created.AddHours(-1).AddMinutes(5)).Start);
    }

    [Fact]
    public void Next_DeadlineOver_Misses()
    {
        var cron = Cron();
        cron.Spec.StartingDeadlineSeconds = 60;

        var plan = CronRound.Next(cron, [], Created.AddMinutes(6));

        Assert.Null(plan.Start);
        Assert.Equal("Missed scheduled time to start a job: Tue, 01 Jan 2030 00:05:00 +0000", Assert.Single(plan.Events).Message);
        Assert.NotNull(CronRound.Next(cron, [], Created.AddMinutes(5)).Start);
    }

    [Theory]
    [InlineData("Allow", true, 0)]
    [InlineData("Forbid", false, 0)]
    [InlineData("Replace", true, 1)]
    public void Next_OneStillRuns_FollowsThePolicy(string policy, bool starts, int deleted)
    {
        var cron = Cron();
        cron.Spec.ConcurrencyPolicy = policy;
        cron.Status = new V1CronJobStatus { Active = [new V1ObjectReference { Uid = "u1", Name = "j1" }] };

        var plan = CronRound.Next(cron, [Job("1", null)], Created.AddMinutes(5));

        Assert.Equal((starts, deleted), (plan.Start is not null, plan.Delete.Count));
        Assert.Equal(policy == "Forbid" ? ["JobAlreadyActive"] : [], plan.Events.Select(e => e.Reason));
    }

    [Fact]
    public void Next_EndedAndMissingJobs_AreNoted()
    {
        var cron = Cron();
        cron.Status = new V1CronJobStatus { Active = [new V1ObjectReference { Uid = "u1", Name = "j1" }, new V1ObjectReference { Uid = "gone", Name = "gone" }] };

        var plan = CronRound.Next(cron, [Job("1", "Complete")], Created);

        Assert.Empty(plan.Status.Active);
        Assert.Equal(Created.UtcDateTime.AddMinutes(2), plan.Status.LastSuccessfulTime);
        Assert.Equal(["Saw completed job: j1, condition: Complete", "Active job went missing: gone"], plan.Events.Select(e => e.Message));
    }

    [Fact]
    public void Next_HistoryTooLong_DeletesTheOldest()
    {
        var jobs = Enumerable.Range(1, 5).Select(i => Job($"{i}", "Complete")).Append(Job("6", "Failed")).Append(Job("7", "Failed")).ToList();

        Assert.Equal(["j2", "j1", "j6"], CronRound.Next(Cron(), jobs, Created).Delete.Select(j => j.Metadata.Name));
    }

    [Fact]
    public void Next_Suspended_StartsNothing()
    {
        var cron = Cron();
        cron.Spec.Suspend = true;

        Assert.Equal((null, null), (CronRound.Next(cron, [], Created.AddDays(1)).Start, CronRound.Next(cron, [], Created.AddDays(1)).Again));
    }

    /// <summary>Whenever somebody looks: each start is a scheduled time that has come, the last such, and none comes twice.</summary>
    [Property]
    public bool Next_LooksAtAnyTimes_StartsEachTimeOnce(ushort[] pauses, byte step)
    {
        var clock = new FakeTimeProvider(Created);
        var cron = Cron();
        cron.Spec.Schedule = $"*/{step % 59 + 1} * * * *";
        var schedule = CronSchedule.Parse(cron.Spec.Schedule);
        var ok = true;
        foreach (var pause in pauses)
        {
            clock.Advance(TimeSpan.FromSeconds(pause));
            var now = clock.GetUtcNow();
            var plan = CronRound.Next(cron, [], now);
            var earliest = cron.Status?.LastScheduleTime is { } t ? new DateTimeOffset(t) : Created;
            ok &= plan.Start == schedule.Last(earliest, now, TimeZoneInfo.Utc) && plan.Again > TimeSpan.Zero && schedule.Next(now, TimeZoneInfo.Utc) <= now + plan.Again;
            if (plan.Start is not { } start)
                continue;
            ok &= start > earliest && start <= now && schedule.Next(start.AddSeconds(-1), TimeZoneInfo.Utc) == start;
            cron.Status = new V1CronJobStatus { LastScheduleTime = start.UtcDateTime };
        }

        return ok;
    }

    private static V1CronJob Cron() => new()
    {
        Metadata = new V1ObjectMeta { Name = "c", CreationTimestamp = Created.UtcDateTime },
        Spec = new V1CronJobSpec { Schedule = "*/5 * * * *", ConcurrencyPolicy = "Allow", SuccessfulJobsHistoryLimit = 3, FailedJobsHistoryLimit = 1 },
    };

    private static V1Job Job(string id, string? end) => new()
    {
        Metadata = new V1ObjectMeta { Name = $"j{id}", Uid = $"u{id}" },
        Status = new V1JobStatus
        {
            StartTime = Created.UtcDateTime.AddMinutes(int.Parse(id, System.Globalization.CultureInfo.InvariantCulture)),
            CompletionTime = end == "Complete" ? Created.UtcDateTime.AddMinutes(int.Parse(id, System.Globalization.CultureInfo.InvariantCulture) + 1) : null,
            Conditions = end is null ? null : [new V1JobCondition { Type = end, Status = "True" }],
        },
    };
}
