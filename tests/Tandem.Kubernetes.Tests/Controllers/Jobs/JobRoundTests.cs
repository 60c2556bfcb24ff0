using FsCheck.Xunit;
using k8s.Models;
using Tandem.Kubernetes.Controllers.Jobs;

namespace Tandem.Kubernetes.Tests.Controllers.Jobs;

public sealed class JobRoundTests
{
    private static readonly DateTime Now = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    [Theory]
    [InlineData("0,2-4,7", 10, "0,2-4,7")]
    [InlineData("0-1", 10, "0,1")]
    [InlineData("0-9", 3, "0-2")]
    [InlineData(null, 3, null)]
    public void Indexes_ParseThenFormat_AreTheRealServersText(string? text, int completions, string? expected) =>
        Assert.Equal(expected, JobIndexes.Format(JobIndexes.Parse(text, completions)));

    [Property]
    public void Indexes_FormatThenParse_AreTheSame(byte[] indexes)
    {
        var set = new SortedSet<int>(indexes.Select(i => (int)i));

        Assert.Equal(set, JobIndexes.Parse(JobIndexes.Format(set), 256));
    }

    [Theory]
    [InlineData(1, 10)]
    [InlineData(3, 40)]
    [InlineData(30, 600)]
    public void BackOff_AfterFailures_DoublesUpToTenMinutes(int failures, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), JobBackOff.Remaining(Enumerable.Range(0, failures).Select(i => (Now.AddMinutes(-i), false)), Now));

    [Fact]
    public void BackOff_FailureOfAFutureBeforeTheClockWasSetBack_IsNotWaitedFor() =>
        Assert.Equal(TimeSpan.Zero, JobBackOff.Remaining([(Now, false)], Now.AddHours(-1)));

    [Fact]
    public void BackOff_AfterASuccess_IsNone() =>
        Assert.Equal(TimeSpan.Zero, JobBackOff.Remaining([(Now, true), (Now.AddSeconds(-1), false)], Now));

    [Theory]
    [InlineData("In", 42, "FailJob")]
    [InlineData("In", 1, "Count")]
    [InlineData("NotIn", 1, "FailJob")]
    public void FailureRules_OnExitCodes_MatchTheOperator(string operation, int exitCode, string action)
    {
        var policy = new V1PodFailurePolicy { Rules = [new() { Action = "FailJob", OnExitCodes = new() { OperatorProperty = operation, Values = [42] } }] };

        Assert.Equal(action, FailureRules.Decide(policy, Pod("a", "Failed", exitCode)).Action);
    }

    [Fact]
    public void Next_FailJobRule_NamesContainerPodAndRule()
    {
        var job = Job();
        job.Spec.PodFailurePolicy = new() { Rules = [new() { Action = "FailJob", OnExitCodes = new() { OperatorProperty = "In", Values = [42] } }] };

        var condition = Assert.Single(JobRound.Next(job, [Pod("a", "Failed", 42)], Now).Status.Conditions);

        Assert.Equal(
            ("FailureTarget", "PodFailurePolicy", "Container c for pod ns/a failed with exit code 42 matching FailJob rule at index 0"),
            (condition.Type, condition.Reason, condition.Message));
    }

    [Fact]
    public void Next_IgnoredFailure_IsReleasedAndNotCounted()
    {
        var job = Job();
        job.Spec.PodFailurePolicy = new() { Rules = [new() { Action = "Ignore", OnExitCodes = new() { OperatorProperty = "In", Values = [42] } }] };

        var plan = JobRound.Next(job, [Pod("a", "Failed", 42)], Now);

        Assert.Single(plan.Release);
        Assert.Null(plan.Status.UncountedTerminatedPods.Failed);
        Assert.Single(plan.Create);
    }

    [Fact]
    public void Next_DeadlineOver_FailsAndDeletesThePods()
    {
        var job = Job();
        job.Spec.ActiveDeadlineSeconds = 60;
        job.Status = new V1JobStatus { StartTime = Now.AddSeconds(-60) };

        var plan = JobRound.Next(job, [Pod("a", "Running")], Now);

        Assert.Equal("DeadlineExceeded", Assert.Single(plan.Status.Conditions).Reason);
        Assert.Single(plan.Delete);
    }

    [Fact]
    public void Next_DeadlineAhead_LooksAgainThen()
    {
        var job = Job();
        job.Spec.ActiveDeadlineSeconds = 60;

        Assert.Equal(TimeSpan.FromSeconds(60), JobRound.Next(job, [], Now).Again);
    }

    [Fact]
    public void Next_SuccessPolicyReached_StopsTheRest()
    {
        var job = Job("Indexed", 3);
        job.Spec.SuccessPolicy = new() { Rules = [new() { SucceededIndexes = "0" }] };

        var plan = JobRound.Next(job, [Pod("a", "Succeeded", index: 0), Pod("b", "Running", index: 1)], Now);

        Assert.Equal(("SuccessCriteriaMet", "SuccessPolicy", "Matched rules at index 0"), plan.Status.Conditions.Select(c => (c.Type, c.Reason, c.Message)).Single());
        Assert.Equal("b", Assert.Single(plan.Delete).Metadata.Name);
    }

    [Fact]
    public void Next_IndexBeyondItsLimit_IsGivenUpAndTheOthersGoOn()
    {
        var job = Job("Indexed", 2);
        job.Spec.BackoffLimitPerIndex = 0;
        job.Spec.BackoffLimit = int.MaxValue;

        var plan = JobRound.Next(job, [Pod("a", "Failed", 1, 0)], Now);

        Assert.Equal("0", plan.Status.FailedIndexes);
        Assert.Equal([(1, 0)], plan.Create);
    }

    /// <summary>Whatever the pods do, and wherever the process dies, each pod is counted once and the Job ends.</summary>
    [Property(MaxTest = 300)]
    public void Job_AnyOutcomesAndCrashes_CountsEachPodOnceAndEnds(byte completionsSeed, byte parallelismSeed, bool indexed, int seed)
    {
        var random = new Random(seed);
        var job = Job(indexed ? "Indexed" : "NonIndexed", (completionsSeed % 6) + 1);
        job.Spec.Parallelism = (parallelismSeed % 4) + 1;
        job.Spec.BackoffLimit = 3;
        var pods = new List<V1Pod>();
        var (succeeded, failed, time) = (0, 0, Now);
        for (var round = 0; round < 400; round++)
        {
            time = time.AddMinutes(1);
            var plan = JobRound.Next(job, pods, time);
            job.Status = plan.Status;
            foreach (var pod in plan.Release.Where(_ => random.Next(3) > 0))
                pod.Metadata.Finalizers = [];
            if (JobRound.End(job) is { } end)
            {
                Assert.Equal(failed, job.Status.Failed ?? 0);
                Assert.Equal(succeeded, job.Status.Succeeded ?? 0);
                Assert.Equal(failed > 3 ? "Failed" : "Complete", end.Type);
                return;
            }

            // Deleted pods end as failed ones.
            foreach (var pod in plan.Delete)
                (pod.Status.Phase, failed) = ("Failed", failed + 1);
            if (random.Next(4) > 0)
                pods.AddRange(plan.Create.Select(c => Pod($"p{round}-{Guid.NewGuid()}", "Running", 0, c.Index)));
            Assert.True(pods.Count(p => p.Status.Phase == "Running") <= job.Spec.Parallelism);
            foreach (var pod in pods.Where(p => p.Status.Phase == "Running" && random.Next(2) == 0))
            {
                var works = random.Next(4) > 0;
                pod.Status.Phase = works ? "Succeeded" : "Failed";
                pod.Status.ContainerStatuses[0].State.Terminated.FinishedAt = time;
                (succeeded, failed) = works ? (succeeded + 1, failed) : (succeeded, failed + 1);
            }
        }

        Assert.Fail("the job did not end");
    }

    private static V1Job Job(string mode = "NonIndexed", int completions = 1) => new()
    {
        Metadata = new() { Name = "j", Uid = "u" },
        Spec = new() { Completions = completions, Parallelism = completions, BackoffLimit = 6, CompletionMode = mode, Template = new() { Spec = new() { RestartPolicy = "Never" } } },
    };

    private static V1Pod Pod(string name, string phase, int exitCode = 0, int? index = null) => new()
    {
        Metadata = new()
        {
            Name = name, NamespaceProperty = "ns", Uid = name, Finalizers = [JobPods.Finalizer],
            Annotations = index is { } i ? new Dictionary<string, string> { ["batch.kubernetes.io/job-completion-index"] = $"{i}" } : null,
        },
        Status = new() { Phase = phase, ContainerStatuses = [new() { Name = "c", State = new() { Terminated = new() { ExitCode = exitCode, FinishedAt = Now.AddHours(-1) } } }] },
    };
}
