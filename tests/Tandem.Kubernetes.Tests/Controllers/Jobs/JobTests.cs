using k8s;
using k8s.Models;

namespace Tandem.Kubernetes.Tests.Controllers.Jobs;

public sealed class JobTests(ControllersFixture cluster) : IClassFixture<ControllersFixture>
{
    private const string Manifest = """
        apiVersion: batch/v1
        kind: Job
        metadata: { name: sums }
        spec:
          completions: 2
          parallelism: 2
          template:
            spec: { restartPolicy: Never, containers: [ { name: c, image: "busybox:1" } ] }
        """;

    [Fact]
    public async Task Apply_PodsSucceed_CompletesAndReleasesThem()
    {
        var ns = await cluster.NamespaceAsync();
        await cluster.KubectlOkAsync($"apply -n {ns} -f -", Manifest);
        var pods = await PodsAsync(ns, 2);
        Assert.All(pods, p => Assert.Contains("batch.kubernetes.io/job-tracking", p.Metadata.Finalizers));
        Assert.All(pods, p => Assert.Equal("sums", p.Metadata.Labels["batch.kubernetes.io/job-name"]));

        foreach (var pod in pods)
            await cluster.SetAsync(pod, "Succeeded");

        await cluster.KubectlOkAsync($"wait -n {ns} --for=condition=Complete job/sums --timeout=20s");
        var job = await cluster.Cluster.BatchV1.ReadNamespacedJobAsync("sums", ns);
        Assert.Equal(2, job.Status.Succeeded);
        Assert.Equal(["SuccessCriteriaMet", "Complete"], job.Status.Conditions.Select(c => c.Type));
        Assert.Equal(("CompletionsReached", "Reached expected number of succeeded pods"), (job.Status.Conditions[1].Reason, job.Status.Conditions[1].Message));
        Assert.NotNull(job.Status.CompletionTime);
        await Eventually.TrueAsync(async () => (await cluster.PodsAsync(ns)).All(p => p.Metadata.Finalizers is null or { Count: 0 }), "the pods are released");
        Assert.Matches(@"sums +Complete +2/2", await cluster.KubectlOkAsync($"get -n {ns} jobs"));
    }

    [Fact]
    public async Task Apply_NoFailureAllowedAndOneFails_FailsAndStopsTheOther()
    {
        var ns = await cluster.NamespaceAsync();
        await cluster.KubectlOkAsync($"apply -n {ns} -f -", Manifest.Replace("parallelism: 2", "parallelism: 2\n  backoffLimit: 0", StringComparison.Ordinal));
        var pods = await PodsAsync(ns, 2);
        await cluster.SetAsync(pods[1], "Running");

        await cluster.SetAsync(pods[0], "Failed", exitCode: 1);

        await cluster.KubectlOkAsync($"wait -n {ns} --for=condition=Failed job/sums --timeout=20s");
        var job = await cluster.Cluster.BatchV1.ReadNamespacedJobAsync("sums", ns);
        Assert.Equal("BackoffLimitExceeded", job.Status.Conditions.Single(c => c.Type == "Failed").Reason);
        await Eventually.TrueAsync(async () => (await cluster.PodsAsync(ns)).Count == 1, "the other pod is gone");
    }

    [Fact]
    public async Task Apply_Indexed_GivesEachPodItsIndex()
    {
        var ns = await cluster.NamespaceAsync();
        await cluster.KubectlOkAsync($"apply -n {ns} -f -", Manifest.Replace("parallelism: 2", "parallelism: 1\n  completionMode: Indexed", StringComparison.Ordinal));
        var first = (await PodsAsync(ns, 1))[0];
        Assert.Equal("0", first.Metadata.Annotations["batch.kubernetes.io/job-completion-index"]);
        Assert.Equal("sums-0", first.Spec.Hostname);
        Assert.Contains(first.Spec.Containers[0].Env, e => e.Name == "JOB_COMPLETION_INDEX");

        await cluster.SetAsync(first, "Succeeded");
        var second = (await PodsAsync(ns, 2)).Single(p => p.Metadata.Name != first.Metadata.Name);
        Assert.Equal("1", second.Metadata.Labels["batch.kubernetes.io/job-completion-index"]);
        await cluster.SetAsync(second, "Succeeded");

        await cluster.KubectlOkAsync($"wait -n {ns} --for=condition=Complete job/sums --timeout=20s");
        Assert.Equal("0,1", await cluster.KubectlOkAsync($"get -n {ns} job sums -o jsonpath={{.status.completedIndexes}}"));
    }

    [Fact]
    public async Task Suspend_RunningJob_StopsThePods()
    {
        var ns = await cluster.NamespaceAsync();
        await cluster.KubectlOkAsync($"apply -n {ns} -f -", Manifest);
        await PodsAsync(ns, 2);

        await cluster.KubectlOkAsync($"patch -n {ns} job sums -p {{\"spec\":{{\"suspend\":true}}}}");
        await cluster.KubectlOkAsync($"wait -n {ns} --for=condition=Suspended job/sums --timeout=20s");
        await Eventually.TrueAsync(async () => (await cluster.PodsAsync(ns)).Count == 0, "the pods are gone");
    }

    [Fact]
    public async Task Delete_WithRunningPods_LeavesNone()
    {
        var ns = await cluster.NamespaceAsync();
        await cluster.KubectlOkAsync($"apply -n {ns} -f -", Manifest);
        await PodsAsync(ns, 2);

        await cluster.KubectlOkAsync($"delete -n {ns} job sums");

        await Eventually.TrueAsync(async () => (await cluster.PodsAsync(ns)).Count == 0, "the pods are gone");
    }

    [Fact]
    public async Task Finished_TimeToLiveOver_IsDeleted()
    {
        var ns = await cluster.NamespaceAsync();
        await cluster.KubectlOkAsync($"apply -n {ns} -f -", Manifest.Replace("parallelism: 2", "parallelism: 2\n  ttlSecondsAfterFinished: 0", StringComparison.Ordinal));
        foreach (var pod in await PodsAsync(ns, 2))
            await cluster.SetAsync(pod, "Succeeded");

        await Eventually.TrueAsync(async () => (await cluster.Cluster.BatchV1.ListNamespacedJobAsync(ns)).Items.Count == 0, "the job is gone");
    }

    [Fact]
    public async Task Apply_RestartAlways_IsRefused()
    {
        var ns = await cluster.NamespaceAsync();

        var refused = await cluster.KubectlAsync($"apply -n {ns} -f -", Manifest.Replace("Never", "Always", StringComparison.Ordinal));

        Assert.Contains("spec.template.spec.restartPolicy: Required value: valid values: \"OnFailure\", \"Never\"", refused.Error);
    }

    private async Task<IList<V1Pod>> PodsAsync(string ns, int count)
    {
        await Eventually.TrueAsync(async () => (await cluster.PodsAsync(ns)).Count == count, $"there are {count} pods");
        return await cluster.PodsAsync(ns);
    }
}
