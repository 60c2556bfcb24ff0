using System.Net;
using System.Threading.Channels;
using k8s;
using k8s.Autorest;
using k8s.Models;
using Microsoft.Extensions.Logging;
using Tandem.Kubernetes.Node.Pods;

namespace Tandem.Kubernetes.Node.Registration;

/// <summary>
/// Writes events in the background, in order; the same event again raises the count of the one there is. Under a flood the
/// newest are dropped, for pods must never wait for their events.
/// </summary>
internal sealed class EventRecorder(IKubernetes client, string nodeName, TimeProvider time, ILogger logger)
{
    private const int Queue = 1000;
    private const int Remembered = 1000;

    private readonly Channel<Corev1Event> _queue = Channel.CreateBounded<Corev1Event>(
        new BoundedChannelOptions(Queue) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private readonly Dictionary<string, Corev1Event> _written = [];

    public void Record(V1Pod pod, string? container, string type, string reason, string message)
    {
        var kind = pod.InitContainers().Any(c => c.Name == container) ? "initContainers"
            : pod.EphemeralContainers().Any(c => c.Name == container) ? "ephemeralContainers" : "containers";
        Record(
            new V1ObjectReference
            {
                ApiVersion = "v1",
                Kind = "Pod",
                Name = pod.Metadata.Name,
                NamespaceProperty = pod.Metadata.NamespaceProperty,
                Uid = pod.Metadata.Uid,
                ResourceVersion = pod.Metadata.ResourceVersion,
                FieldPath = container is null ? null : $"spec.{kind}{{{container}}}",
            },
            type, reason, message);
    }

    public void Record(V1ObjectReference about, string type, string reason, string message)
    {
        var now = time.GetUtcNow();
        _queue.Writer.TryWrite(new Corev1Event
        {
            Metadata = new V1ObjectMeta { Name = $"{about.Name}.{now.UtcTicks:x16}", NamespaceProperty = about.NamespaceProperty ?? "default" },
            InvolvedObject = about,
            Type = type,
            Reason = reason,
            Message = message.Length > 1024 ? message[..1021] + "..." : message, // the API's limit
            Source = new V1EventSource { Component = "kubelet", Host = nodeName },
            ReportingComponent = "kubelet",
            ReportingInstance = nodeName,
            FirstTimestamp = now.UtcDateTime,
            LastTimestamp = now.UtcDateTime,
            Count = 1,
        });
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await foreach (var item in _queue.Reader.ReadAllAsync(cancellationToken))
        {
            try
            {
                await WriteAsync(item, cancellationToken);
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                logger.LogDebug(e, "Event {Reason} of {Object} lost", item.Reason, item.InvolvedObject.Name);
            }
        }
    }

    private async Task WriteAsync(Corev1Event item, CancellationToken cancellationToken)
    {
        var about = item.InvolvedObject;
        var key = $"{about.Uid}/{about.FieldPath}/{item.Type}/{item.Reason}/{item.Message}";
        if (_written.TryGetValue(key, out var known))
        {
            known.Count++;
            known.LastTimestamp = item.LastTimestamp;
            var patch = $$"""{"count":{{known.Count}},"lastTimestamp":"{{item.LastTimestamp:yyyy-MM-ddTHH:mm:ssZ}}"}""";
            try
            {
                await client.CoreV1.PatchNamespacedEventAsync(new V1Patch(patch, V1Patch.PatchType.MergePatch),
                    known.Metadata.Name, known.Metadata.NamespaceProperty, cancellationToken: cancellationToken);
                return;
            }
            catch (HttpOperationException e) when (e.Response.StatusCode == HttpStatusCode.NotFound)
            {
                _written.Remove(key); // expired in the API: begin anew
            }
        }

        if (_written.Count >= Remembered)
            _written.Clear();
        await client.CoreV1.CreateNamespacedEventAsync(item, item.Metadata.NamespaceProperty, cancellationToken: cancellationToken);
        _written[key] = item;
    }
}
