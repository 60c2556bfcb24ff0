using k8s;
using k8s.Autorest;
using k8s.Models;
using Tandem.Ingress.Translation;

namespace Tandem.Ingress.Cluster;

/// <summary>Tells the authors of Ingresses what is wrong, by Warning events, each problem once.</summary>
internal sealed class ProblemReporter(IKubernetes client, string instance, ControllerLog log, TimeProvider time)
{
    private const int LongestMessage = 1024; // the API's limit
    private long _sequence;
    private readonly HashSet<(string Uid, string Reason, string Message)> _reported = [];

    public async Task ReportAsync(IReadOnlyList<Problem> problems, CancellationToken cancellationToken)
    {
        // What has gone and comes back is told again.
        _reported.IntersectWith(problems.Select(Key));
        foreach (var problem in problems)
        {
            if (!_reported.Contains(Key(problem)) && await TryReportAsync(problem, cancellationToken))
                _reported.Add(Key(problem));
        }
    }

    private static (string Uid, string Reason, string Message) Key(Problem problem) =>
        (problem.Ingress.Metadata.Uid ?? "", problem.Reason, problem.Message);

    private async Task<bool> TryReportAsync(Problem problem, CancellationToken cancellationToken)
    {
        var metadata = problem.Ingress.Metadata;
        log.Warning($"ingress {metadata.NamespaceProperty}/{metadata.Name}: {problem.Message}");
        try
        {
            await client.CoreV1.CreateNamespacedEventAsync(Event(problem), metadata.NamespaceProperty, cancellationToken: cancellationToken);
            return true;
        }
        catch (Exception e) when (e is HttpOperationException or HttpRequestException or IOException or System.Text.Json.JsonException)
        {
            log.Warning("the event could not be recorded", e);
            return false;
        }
    }

    private Corev1Event Event(Problem problem)
    {
        var metadata = problem.Ingress.Metadata;
        var now = time.GetUtcNow().UtcDateTime;
        var message = problem.Message.Length > LongestMessage ? problem.Message[..LongestMessage] : problem.Message;
        return new Corev1Event
        {
            Metadata = new V1ObjectMeta
            {
                // As client-go names events; the object's name alone may be too long for one.
                Name = $"{metadata.Name[..Math.Min(metadata.Name.Length, 230)]}.{time.GetUtcNow().Ticks + ++_sequence:x}",
                NamespaceProperty = metadata.NamespaceProperty,
            },
            InvolvedObject = new V1ObjectReference
            {
                ApiVersion = "networking.k8s.io/v1",
                Kind = "Ingress",
                Name = metadata.Name,
                NamespaceProperty = metadata.NamespaceProperty,
                ResourceVersion = metadata.ResourceVersion,
                Uid = metadata.Uid,
            },
            Type = "Warning",
            Reason = problem.Reason,
            Message = message,
            Count = 1,
            FirstTimestamp = now,
            LastTimestamp = now,
            Source = new V1EventSource { Component = "ingress-nginx", Host = instance },
            ReportingComponent = IngressSelection.Controller,
            ReportingInstance = instance,
        };
    }}
