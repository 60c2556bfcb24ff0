using System.Text.Json.Nodes;
using Tandem.Cli.Embedded;
using Tandem.Host;
using Tandem.Platform.Clusters;
using Tandem.Platform.Releases;

namespace Tandem.Cli.Commands.Nodes;

/// <summary>Resets a cluster's node and watches, through the API alone, how it comes back.</summary>
internal sealed class NodeRestart(Cluster cluster, NodeReboot reboot, TimeProvider time)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(200);

    /// <param name="patience">How long it may take.</param>
    /// <param name="say">Told what is waited for, whenever that changes.</param>
    /// <param name="cancellationToken">Ends the wait; the node comes back all the same.</param>
    /// <exception cref="NotReadyException">It takes longer.</exception>
    public async Task<NodeRestartReport> RunAsync(TimeSpan patience, Action<string> say, CancellationToken cancellationToken)
    {
        var before = (await PodsAsync(cancellationToken)).Where(IsReady).ToDictionary(Name, Containers);
        string boot;
        try
        {
            boot = await reboot.ResetAsync(cancellationToken);
        }
        catch (InvalidOperationException e)
        {
            throw new NotRunningException(e.Message);
        }

        var began = time.GetTimestamp();
        var said = "";
        double? nodeAfter = null;
        while (true)
        {
            var waiting = "the API";
            try
            {
                var node = (await cluster.ListAsync("v1", "Node", cancellationToken)).Single();
                waiting = $"node {Name(node)}";
                if ((string?)node["status"]?["nodeInfo"]?["bootID"] == boot && IsReady(node))
                {
                    nodeAfter ??= time.GetElapsedTime(began).TotalSeconds;
                    // What the API still says from before the reset does not count: a pod is back with other containers.
                    var missing = (await PodsAsync(cancellationToken)).Count(
                        p => before.TryGetValue(Name(p), out var ended) && (!IsReady(p) || Containers(p).Overlaps(ended)));
                    if (missing == 0)
                        return new NodeRestartReport(cluster.Name, Name(node), boot, Math.Round(nodeAfter.Value, 1), Math.Round(time.GetElapsedTime(began).TotalSeconds, 1), before.Count);
                    waiting = $"{missing} of {before.Count} pods";
                }
            }
            catch (ClusterException) when (nodeAfter is null)
            {
                // It is down, as it is meant to be.
            }

            if (waiting != said)
                say($"waiting for {said = waiting}");
            if (time.GetElapsedTime(began) > patience)
                throw new NotReadyException($"the {cluster.Name} cluster is not back within {patience.TotalMinutes:0} minutes; still waiting for {waiting}; see tandem status, and kubectl --kubeconfig … get pods -A");
            await Task.Delay(Poll, time, cancellationToken);
        }
    }

    private async Task<IEnumerable<JsonObject>> PodsAsync(CancellationToken cancellationToken) =>
        (await cluster.ListAsync("v1", "Pod", cancellationToken)).Where(p => p["metadata"]!["deletionTimestamp"] is null);

    private static string Name(JsonObject value) => $"{(string?)value["metadata"]!["namespace"]}/{(string?)value["metadata"]!["name"]}".TrimStart('/');

    private static bool IsReady(JsonObject value) => Readiness.IsTrue(value, "Ready");

    private static HashSet<string> Containers(JsonObject pod) =>
        [.. (pod["status"]?["containerStatuses"] as JsonArray ?? []).Select(c => (string?)c?["containerID"]).OfType<string>()];
}
