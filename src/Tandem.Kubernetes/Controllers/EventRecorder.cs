using k8s;
using k8s.Autorest;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace Tandem.Kubernetes.Controllers;

/// <summary>Tells people what a controller did, as Events on the object. Telling is best effort: work never waits for it.</summary>
internal sealed class EventRecorder(IKubernetes client, TimeProvider time, ILogger<EventRecorder> log)
{
    public void Record(IKubernetesObject<V1ObjectMeta> about, string type, string reason, string message, string component) =>
        _ = RecordAsync(about, type, reason, message, component);

    private async Task RecordAsync(IKubernetesObject<V1ObjectMeta> about, string type, string reason, string message, string component)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var @namespace = about.Metadata.NamespaceProperty ?? "default";
        try
        {
            await client.CoreV1.CreateNamespacedEventAsync(
                new Corev1Event
                {
                    Metadata = new V1ObjectMeta { Name = $"{about.Metadata.Name}.{now.Ticks:x}{Random.Shared.Next(0x1000):x3}", NamespaceProperty = @namespace },
                    InvolvedObject = new V1ObjectReference
                    {
                        ApiVersion = about.ApiVersion, Kind = about.Kind, Name = about.Metadata.Name, NamespaceProperty = about.Metadata.NamespaceProperty,
                        Uid = about.Metadata.Uid, ResourceVersion = about.Metadata.ResourceVersion,
                    },
                    Type = type,
                    Reason = reason,
                    Message = message,
                    Source = new V1EventSource { Component = component },
                    ReportingComponent = component,
                    FirstTimestamp = now,
                    LastTimestamp = now,
                    Count = 1,
                },
                @namespace);
        }
        catch (Exception e) when (e is HttpOperationException or HttpRequestException or IOException or OperationCanceledException)
        {
            log.NotRecorded(reason, about.Metadata.Name, e.Message);
        }
    }
}

internal static partial class EventRecorderLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "The event {Reason} on {Name} was not recorded: {Why}")]
    public static partial void NotRecorded(this ILogger<EventRecorder> log, string reason, string name, string why);
}
