using k8s;
using k8s.Models;

namespace Tandem.Kubernetes.Tests.Controllers.CronJobs;

public sealed class CronJobTests(ControllersFixture cluster) : IClassFixture<ControllersFixture>
{
    private const string Manifest = """
        apiVersion: batch/v1
        kind: CronJob
        metadata: { name: sums }
        spec:
          schedule: "* * * * *"
          timeZone: Europe/Berlin
          suspend: true
          jobTemplate:
            metadata: { labels: { app: sums } }
            spec: { template: { spec: { restartPolicy: Never, containers: [ { name: c, image: "busybox:1" } ] } } }
        """;

    [Fact]
    public async Task Resume_TimeHasPassed_StartsAJobAndNotesItsEnd()
    {
        var ns = await cluster.NamespaceAsync();
        await cluster.KubectlOkAsync($"apply -n {ns} -f -", Manifest);
        Assert.Matches(@"sums +\* \* \* \* \* +Europe/Berlin +True +0 +<none>", await cluster.KubectlOkAsync($"get -n {ns} cj"));

        // As if it had last run an hour ago.
        var last = TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(-1);
        await cluster.Cluster.BatchV1.PatchNamespacedCronJobStatusAsync(
            new V1Patch(KubernetesJson.Serialize(new V1CronJob { Status = new V1CronJobStatus { LastScheduleTime = last } }), V1Patch.PatchType.MergePatch), "sums", ns);
        await cluster.KubectlOkAsync($"patch -n {ns} cj sums -p {{\"spec\":{{\"suspend\":false}}}}");

        await Eventually.TrueAsync(async () => (await CronAsync(ns)).Status.Active?.Count == 1, "a job runs");
        await cluster.KubectlOkAsync($"patch -n {ns} cj sums -p {{\"spec\":{{\"suspend\":true}}}}");
        var active = (await CronAsync(ns)).Status.Active[0];
        var job = await cluster.Cluster.BatchV1.ReadNamespacedJobAsync(active.Name, ns);
        var scheduled = (await CronAsync(ns)).Status.LastScheduleTime!.Value;
        Assert.Equal($"sums-{new DateTimeOffset(scheduled).ToUnixTimeSeconds() / 60}", job.Metadata.Name);
        Assert.Equal(scheduled, DateTimeOffset.Parse(job.Metadata.Annotations["batch.kubernetes.io/cronjob-scheduled-timestamp"], System.Globalization.CultureInfo.InvariantCulture).UtcDateTime);
        Assert.Matches(@"\+0[12]:00$", job.Metadata.Annotations["batch.kubernetes.io/cronjob-scheduled-timestamp"]);
        Assert.Equal(("sums", "CronJob", true), (job.Metadata.Labels["app"], job.Metadata.OwnerReferences[0].Kind, job.Metadata.OwnerReferences[0].Controller));

        await Eventually.TrueAsync(async () => (await cluster.PodsAsync(ns)).Any(p => p.Metadata.Name.StartsWith(job.Metadata.Name, StringComparison.Ordinal)), "its pod is there");
        foreach (var pod in await cluster.PodsAsync(ns))
            await cluster.SetAsync(pod, "Succeeded");

        await Eventually.TrueAsync(async () => (await CronAsync(ns)).Status is { Active: null, LastSuccessfulTime: not null }, "its end is noted");
        await Eventually.TrueAsync(async () =>
        {
            var text = await cluster.KubectlOkAsync($"describe cj -n {ns} sums");
            return text.Contains($"Created job {job.Metadata.Name}", StringComparison.Ordinal) && text.Contains($"Saw completed job: {job.Metadata.Name}, condition: Complete", StringComparison.Ordinal);
        }, "people are told");
    }

    [Fact]
    public async Task CreateJob_FromCronJob_IsMadeByHand()
    {
        var ns = await cluster.NamespaceAsync();
        await cluster.KubectlOkAsync($"apply -n {ns} -f -", Manifest);

        var result = await Tandem.Processes.ProcessRunner.RunAsync(new Tandem.Processes.Command(
            await Api.Kubectls.PathAsync(36), [$"--kubeconfig={cluster.Options.Kubeconfig}", "create", "job", "-n", ns, "byhand", "--from=cronjob/sums"]));

        Assert.True(result.ExitCode == 0, result.Error);
        var job = await cluster.Cluster.BatchV1.ReadNamespacedJobAsync("byhand", ns);
        Assert.Equal("manual", job.Metadata.Annotations["cronjob.kubernetes.io/instantiate"]);
        Assert.Equal("CronJob", job.Metadata.OwnerReferences[0].Kind);
    }

    [Fact]
    public async Task Apply_WrongFields_IsRefused()
    {
        var ns = await cluster.NamespaceAsync();

        var refused = await cluster.KubectlAsync(
            $"apply -n {ns} -f -",
            Manifest.Replace("\"* * * * *\"", "\"61 * * * *\"", StringComparison.Ordinal).Replace("Europe/Berlin", "Europe/Nowhere", StringComparison.Ordinal).Replace("Never", "Always", StringComparison.Ordinal));
        var zone = await cluster.KubectlAsync($"apply -n {ns} -f -", Manifest.Replace("\"* * * * *\"", "\"TZ=UTC * * * * *\"", StringComparison.Ordinal));

        Assert.Contains("spec.schedule: Invalid value: \"61 * * * *\": end of range (61) above maximum (59): 61", refused.Error);
        Assert.Contains("spec.timeZone: Invalid value: \"Europe/Nowhere\": unknown time zone Europe/Nowhere", refused.Error);
        Assert.Contains("spec.jobTemplate.spec.template.spec.restartPolicy: Required value: valid values: \"OnFailure\", \"Never\"", refused.Error);
        Assert.Contains("cannot use both timeZone field and TZ or CRON_TZ in schedule", zone.Error);
    }

    private Task<V1CronJob> CronAsync(string ns) => cluster.Cluster.BatchV1.ReadNamespacedCronJobAsync("sums", ns);
}
