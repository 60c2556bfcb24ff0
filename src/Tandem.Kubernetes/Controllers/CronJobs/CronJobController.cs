using System.Globalization;
using System.Net;
using k8s;
using k8s.Autorest;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace Tandem.Kubernetes.Controllers.CronJobs;

/// <summary>Starts Jobs by the clock. A Job's name has its minute in it, so none is started twice.</summary>
internal sealed class CronJobController : Controller
{
    private const string Component = "cronjob-controller";
    private const string ScheduledAnnotation = "batch.kubernetes.io/cronjob-scheduled-timestamp";

    private readonly IKubernetes _client;
    private readonly EventRecorder _events;

    public CronJobController(k8s.Kubernetes client, SharedInformers informers, EventRecorder events, TimeProvider time, ILogger<CronJobController> log)
        : base(informers, time, log)
    {
        _client = client;
        _events = events;
        informers.CronJobs.Changed += c => Enqueue((c.New ?? c.Old)!.Metadata.NamespaceProperty, (c.New ?? c.Old)!.Metadata.Name);
        informers.Jobs.Changed += c =>
        {
            if ((c.New ?? c.Old) is { } job && job.Metadata.Controller() is { Kind: "CronJob" } owner)
                Enqueue(job.Metadata.NamespaceProperty, owner.Name);
        };
    }

    protected override void EnqueueAll()
    {
        foreach (var cron in Informers.CronJobs.All)
            Enqueue(cron.Metadata.NamespaceProperty, cron.Metadata.Name);
    }

    protected override async Task ReconcileAsync(string @namespace, string name, CancellationToken cancellationToken)
    {
        var cron = await FindAsync(() => _client.BatchV1.ReadNamespacedCronJobAsync(name, @namespace, cancellationToken: cancellationToken));
        if (cron is null)
            return;
        cron.ApiVersion = "batch/v1";
        cron.Kind = "CronJob";
        var jobs = (await _client.BatchV1.ListNamespacedJobAsync(@namespace, cancellationToken: cancellationToken)).Items
            .Where(j => j.Metadata.IsControlledBy(cron.Metadata)).ToList();
        var plan = CronRound.Next(cron, jobs, Time.GetUtcNow());
        foreach (var (type, reason, message) in plan.Events)
            _events.Record(cron, type, reason, message, Component);
        foreach (var job in plan.Delete)
            await DeleteAsync(cron, job, cancellationToken);
        if (plan.Start is { } scheduled && await StartAsync(cron, scheduled, cancellationToken) is { } started)
        {
            plan.Status.Active.Add(new V1ObjectReference
            {
                ApiVersion = "batch/v1", Kind = "Job", Name = started.Metadata.Name, NamespaceProperty = @namespace, Uid = started.Metadata.Uid,
                ResourceVersion = started.Metadata.ResourceVersion,
            });
            plan.Status.LastScheduleTime = scheduled.UtcDateTime;
        }

        if (plan.Status.Active.Count == 0)
            plan.Status.Active = null;
        if (KubernetesJson.Serialize(plan.Status) != KubernetesJson.Serialize(cron.Status ?? new V1CronJobStatus()))
        {
            cron.Status = plan.Status;
            await _client.BatchV1.ReplaceNamespacedCronJobStatusAsync(cron, name, @namespace, cancellationToken: cancellationToken);
        }

        if (plan.Again is { } again)
            Queue.AddAfter($"{@namespace}/{name}", again);
    }

    /// <summary>The Job as it is now, whether it is new or was started before its CronJob could note it.</summary>
    private async Task<V1Job?> StartAsync(V1CronJob cron, DateTimeOffset scheduled, CancellationToken cancellationToken)
    {
        var job = JobOf(cron, scheduled);
        try
        {
            var created = await _client.BatchV1.CreateNamespacedJobAsync(job, cron.Metadata.NamespaceProperty, cancellationToken: cancellationToken);
            _events.Record(cron, "Normal", "SuccessfulCreate", $"Created job {created.Metadata.Name}", Component);
            return created;
        }
        catch (HttpOperationException e) when (e.Response.StatusCode == HttpStatusCode.Conflict)
        {
            var known = await _client.BatchV1.ReadNamespacedJobAsync(job.Metadata.Name, cron.Metadata.NamespaceProperty, cancellationToken: cancellationToken);
            return known.Metadata.IsControlledBy(cron.Metadata) ? known : null;
        }
        catch (HttpOperationException e)
        {
            _events.Record(cron, "Warning", "FailedCreate", $"Error creating job: {KubernetesJson.Deserialize<V1Status>(e.Response.Content).Message}", Component);
            throw;
        }
    }

    private async Task DeleteAsync(V1CronJob cron, V1Job job, CancellationToken cancellationToken)
    {
        await FindAsync(() => _client.BatchV1.DeleteNamespacedJobAsync(
            job.Metadata.Name, job.Metadata.NamespaceProperty, new V1DeleteOptions { PropagationPolicy = "Background", Preconditions = new V1Preconditions { Uid = job.Metadata.Uid } }, cancellationToken: cancellationToken));
        _events.Record(cron, "Normal", "SuccessfulDelete", $"Deleted job {job.Metadata.Name}", Component);
    }

    private static V1Job JobOf(V1CronJob cron, DateTimeOffset scheduled)
    {
        var template = KubernetesJson.Deserialize<V1JobTemplateSpec>(KubernetesJson.Serialize(cron.Spec.JobTemplate));
        var annotations = template.Metadata?.Annotations ?? new Dictionary<string, string>();
        var local = TimeZoneInfo.ConvertTime(scheduled, CronRound.Zone(cron));
        annotations[ScheduledAnnotation] = local.ToString(local.Offset == TimeSpan.Zero ? "yyyy-MM-dd'T'HH:mm:ss'Z'" : "yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture);
        return new V1Job
        {
            ApiVersion = "batch/v1",
            Kind = "Job",
            Metadata = new V1ObjectMeta
            {
                Name = $"{cron.Metadata.Name}-{scheduled.ToUnixTimeSeconds() / 60}",
                NamespaceProperty = cron.Metadata.NamespaceProperty,
                Labels = template.Metadata?.Labels,
                Annotations = annotations,
                OwnerReferences = [PodTemplates.Reference(cron)],
            },
            Spec = template.Spec,
        };
    }
}
