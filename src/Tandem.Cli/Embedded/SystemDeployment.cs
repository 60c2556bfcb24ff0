using System.Text.Json.Nodes;
using Tandem.Platform.Clusters;
using Tandem.Platform.Releases;

namespace Tandem.Cli.Embedded;

/// <summary>Brings an embedded cluster's own parts into it: they belong to no release.</summary>
internal sealed class SystemDeployment(Cluster cluster, IReadOnlyList<JsonObject> objects, TimeProvider time)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(250);

    public async Task ApplyAsync(CancellationToken cancellationToken)
    {
        foreach (var value in objects)
            await cluster.ApplyAsync(value, cancellationToken);
    }

    /// <param name="waitingFor">Told what is not ready yet, whenever that changes.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task WaitAsync(Action<string> waitingFor, CancellationToken cancellationToken)
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
                waitingFor(said = text);
            await Task.Delay(Poll, time, cancellationToken);
        }
    }
}
