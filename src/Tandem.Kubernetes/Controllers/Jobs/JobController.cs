using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace Tandem.Kubernetes.Controllers.Jobs;

/// <summary>Runs the pods of Jobs to their end, and deletes Jobs whose time to live is over.</summary>
internal sealed class JobController : Controller
{
    private const string Component = "job-controller";
    private const string Self = "kubernetes.io/job-controller";

    private readonly IKubernetes _client;
    private readonly EventRecorder _events;

    public JobController(k8s.Kubernetes client, SharedInformers informers, EventRecorder events, TimeProvider time, ILogger<JobController> log)
        : base(informers, time, log)
    {
        _client = client;
        _events = events;
        informers.Jobs.Changed += c => Enqueue((c.New ?? c.Old)!.Metadata.NamespaceProperty, (c.New ?? c.Old)!.Metadata.Name);
        informers.Pods.Changed += c =>
        {
            if ((c.New ?? c.Old) is { } pod && pod.Metadata.Controller() is { Kind: "Job" } owner)
                Enqueue(pod.Metadata.NamespaceProperty, owner.Name);
        };
    }

    protected override void EnqueueAll()
    {
        foreach (var job in Informers.Jobs.All)
            Enqueue(job.Metadata.NamespaceProperty, job.Metadata.Name);
        foreach (var pod in Informers.Pods.All.Where(JobPods.IsTracked))
            if (pod.Metadata.Controller() is { Kind: "Job" } owner)
                Enqueue(pod.Metadata.NamespaceProperty, owner.Name);
    }

    protected override async Task ReconcileAsync(string @namespace, string name, CancellationToken cancellationToken)
    {
        var job = await FindAsync(() => _client.BatchV1.ReadNamespacedJobAsync(name, @namespace, cancellationToken: cancellationToken));
        if (job?.Spec.ManagedBy is { } manager && manager != Self)
            return;
        var pods = (await _client.CoreV1.ListNamespacedPodAsync(@namespace, cancellationToken: cancellationToken)).Items
            .Where(p => p.Metadata.Controller() is { Kind: "Job" } owner && owner.Name == name).ToList();

        // Pods of a Job that is gone, or was another of the same name, have nobody who would count them.
        foreach (var orphan in pods.Where(p => JobPods.IsTracked(p) && p.Metadata.Controller()!.Uid != job?.Metadata.Uid))
            await ReleaseAsync(orphan, cancellationToken);
        if (job is null)
            return;
        job.ApiVersion = "batch/v1";
        job.Kind = "Job";
        pods = [.. pods.Where(p => p.Metadata.IsControlledBy(job.Metadata))];
        if (job.Metadata.DeletionTimestamp is not null || JobRound.End(job) is not null)
        {
            foreach (var pod in pods.Where(p => JobPods.IsTracked(p) && !p.IsActive()))
                await ReleaseAsync(pod, cancellationToken);
            if (job.Metadata.DeletionTimestamp is null)
                await ExpireAsync(job, cancellationToken);
            return;
        }

        await WorkAsync(job, pods, cancellationToken);
    }

    private async Task WorkAsync(V1Job job, IReadOnlyList<V1Pod> pods, CancellationToken cancellationToken)
    {
        var now = Time.GetUtcNow().UtcDateTime;
        var plan = JobRound.Next(job, pods, new DateTime(now.Ticks - (now.Ticks % TimeSpan.TicksPerSecond), DateTimeKind.Utc));
        if (KubernetesJson.Serialize(plan.Status) != KubernetesJson.Serialize(job.Status))
        {
            var before = job.Status;
            job.Status = plan.Status;
            job = await _client.BatchV1.ReplaceNamespacedJobStatusAsync(job, job.Metadata.Name, job.Metadata.NamespaceProperty, cancellationToken: cancellationToken);
            job.ApiVersion = "batch/v1";
            job.Kind = "Job";
            Announce(job, before);
        }

        foreach (var pod in plan.Release)
            await ReleaseAsync(pod, cancellationToken);
        foreach (var pod in plan.Delete)
        {
            await _client.CoreV1.DeleteNamespacedPodAsync(pod.Metadata.Name, pod.Metadata.NamespaceProperty, cancellationToken: cancellationToken);
            _events.Record(job, "Normal", "SuccessfulDelete", $"Deleted pod: {pod.Metadata.Name}", Component);
        }

        foreach (var (index, failures) in plan.Create)
            await CreateAsync(job, JobPods.For(job, index, failures), cancellationToken);
        if (plan.Again is { } again)
            Queue.AddAfter($"{job.Metadata.NamespaceProperty}/{job.Metadata.Name}", again);
    }

    private async Task CreateAsync(V1Job job, V1Pod pod, CancellationToken cancellationToken)
    {
        try
        {
            var created = await _client.CoreV1.CreateNamespacedPodAsync(pod, job.Metadata.NamespaceProperty, cancellationToken: cancellationToken);
            _events.Record(job, "Normal", "SuccessfulCreate", $"Created pod: {created.Metadata.Name}", Component);
        }
        catch (k8s.Autorest.HttpOperationException e)
        {
            _events.Record(job, "Warning", "FailedCreate", $"Error creating: {KubernetesJson.Deserialize<V1Status>(e.Response.Content).Message}", Component);
            throw;
        }
    }

    private void Announce(V1Job job, V1JobStatus? before)
    {
        foreach (var condition in job.Status.Conditions ?? [])
        {
            if (before?.Conditions?.Any(c => c.Type == condition.Type && c.Status == condition.Status) == true)
                continue;
            if (condition.Type == "Complete")
                _events.Record(job, "Normal", "Completed", "Job completed", Component);
            else if (condition.Type == "Failed")
                _events.Record(job, "Warning", condition.Reason, condition.Message, Component);
            else if (condition.Type == "Suspended")
                _events.Record(job, "Normal", condition.Status == "True" ? "Suspended" : "Resumed", condition.Message, Component);
        }
    }

    private async Task ReleaseAsync(V1Pod pod, CancellationToken cancellationToken)
    {
        var patch = new { metadata = new { uid = pod.Metadata.Uid, resourceVersion = pod.Metadata.ResourceVersion, finalizers = pod.Metadata.Finalizers.Where(f => f != JobPods.Finalizer).ToList() } };
        await FindAsync(() => _client.CoreV1.PatchNamespacedPodAsync(
            new V1Patch(KubernetesJson.Serialize(patch), V1Patch.PatchType.MergePatch), pod.Metadata.Name, pod.Metadata.NamespaceProperty, cancellationToken: cancellationToken));
    }

    private async Task ExpireAsync(V1Job job, CancellationToken cancellationToken)
    {
        if (job.Spec.TtlSecondsAfterFinished is not { } seconds || (job.Status.CompletionTime ?? JobRound.End(job)!.LastTransitionTime) is not { } end)
            return;
        var left = end.AddSeconds(seconds) - Time.GetUtcNow().UtcDateTime;
        if (left > TimeSpan.Zero)
            Queue.AddAfter($"{job.Metadata.NamespaceProperty}/{job.Metadata.Name}", left);
        else
            await FindAsync(() => _client.BatchV1.DeleteNamespacedJobAsync(
                job.Metadata.Name, job.Metadata.NamespaceProperty, new V1DeleteOptions { PropagationPolicy = "Foreground", Preconditions = new V1Preconditions { Uid = job.Metadata.Uid } }, cancellationToken: cancellationToken));
    }
}
