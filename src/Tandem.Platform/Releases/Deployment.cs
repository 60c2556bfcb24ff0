using System.Text.Json.Nodes;
using Tandem.Platform.Clusters;

namespace Tandem.Platform.Releases;

/// <summary>Brings the same objects to both clusters and waits until they work.</summary>
public sealed class Deployment(IReadOnlyList<Cluster> clusters, TimeProvider time)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(250);

    /// <summary>Applies objects to every cluster, in order, the clusters side by side.</summary>
    /// <exception cref="ClusterException">A cluster refused an object or cannot be reached.</exception>
    public Task ApplyAsync(IReadOnlyList<JsonObject> objects, CancellationToken cancellationToken) => Task.WhenAll(clusters.Select(async cluster =>
    {
        foreach (var value in objects)
            await cluster.ApplyAsync(value.DeepClone().AsObject(), cancellationToken);
    }));

    /// <summary>The TLS Secrets that Ingresses name and no cluster has: made once, the same for all; one that some cluster has is copied.</summary>
    public async Task<IReadOnlyList<JsonObject>> MissingCertificatesAsync(IReadOnlyList<JsonObject> objects, CancellationToken cancellationToken)
    {
        var result = new List<JsonObject>();
        foreach (var ingress in objects.Where(o => (string?)o["kind"] == "Ingress"))
            foreach (var tls in (ingress["spec"]?["tls"] as JsonArray ?? []).OfType<JsonObject>())
                if ((string?)tls["secretName"] is { } name
                    && await MissingCertificateAsync(objects, (string?)ingress["metadata"]?["namespace"] ?? "default", name, tls, cancellationToken) is { } secret)
                    result.Add(secret);
        return result;
    }

    /// <summary>Waits until every workload among the objects is ready in every cluster, as its controller observed it.</summary>
    /// <param name="objects">What was applied.</param>
    /// <param name="waitingFor">Told what is not ready yet, whenever that changes.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task WaitAsync(IReadOnlyList<JsonObject> objects, Action<string, string> waitingFor, CancellationToken cancellationToken) =>
        Task.WhenAll(clusters.Select(c => WaitAsync(c, objects, waitingFor, cancellationToken)));

    private async Task WaitAsync(Cluster cluster, IReadOnlyList<JsonObject> objects, Action<string, string> waitingFor, CancellationToken cancellationToken)
    {
        var workloads = objects.Where(Readiness.IsWorkload).Select(ObjectReference.Of).ToList();
        var said = "";
        while (true)
        {
            var waiting = new List<string>();
            foreach (var reference in workloads)
                if (Readiness.Missing(await cluster.GetAsync(reference, cancellationToken)) is { } missing)
                    waiting.Add($"{reference.Name} ({missing})");
            if (waiting.Count == 0)
                return;
            var text = string.Join(", ", waiting);
            if (text != said)
                waitingFor(cluster.Name, said = text);
            await Task.Delay(Poll, time, cancellationToken);
        }
    }

    private async Task<JsonObject?> MissingCertificateAsync(
        IReadOnlyList<JsonObject> objects, string @namespace, string name, JsonObject tls, CancellationToken cancellationToken)
    {
        var reference = new ObjectReference("v1", "Secret", @namespace, name);
        if (objects.Any(o => ObjectReference.Of(o) == reference))
            return null;
        var found = new List<JsonObject?>();
        foreach (var cluster in clusters)
            found.Add(await cluster.GetAsync(reference, cancellationToken));
        if (found.All(f => f is not null))
            return null;
        if (found.OfType<JsonObject>().FirstOrDefault() is not { } existing)
            return DevelopmentCertificate.Secret(@namespace, name, [.. (tls["hosts"] as JsonArray ?? []).Select(h => (string)h!)], time);
        return new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Secret",
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = @namespace, ["labels"] = existing["metadata"]?["labels"]?.DeepClone() },
            ["type"] = existing["type"]?.DeepClone(),
            ["data"] = existing["data"]?.DeepClone(),
        };
    }
}
