using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Tandem.Platform.Clusters;
using Tandem.Platform.Releases;

namespace Tandem.Platform.History;

/// <summary>The audit trail: a ConfigMap in each cluster with the last entries, a line each, so that either alone can tell.</summary>
/// <param name="clusters">Both clusters. One that is away misses entries; the other has them.</param>
/// <param name="platform">The platform's name.</param>
public sealed class HistoryStore(IReadOnlyList<Cluster> clusters, string platform)
{
    /// <summary>How many entries a cluster keeps; an object of the API holds at most 1 MiB.</summary>
    internal const int Kept = 300;

    private const string Key = "entries.jsonl";
    private const int Tries = 5;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    private readonly ObjectReference _reference = new("v1", "ConfigMap", ReleaseStore.Namespace, $"tandem-{platform}-history");

    /// <summary>All entries, the oldest first.</summary>
    /// <exception cref="ClusterException">No cluster can be reached, or one refused.</exception>
    public async Task<IReadOnlyList<HistoryEntry>> ReadAsync(CancellationToken cancellationToken)
    {
        var entries = new Dictionary<string, HistoryEntry>();
        foreach (var cluster in await ReachableAsync(cancellationToken))
            foreach (var entry in Parse(await cluster.GetAsync(_reference, cancellationToken)))
                entries[entry.Id] = entry;
        return [.. entries.Values.OrderBy(e => e.At).ThenBy(e => e.Id, StringComparer.Ordinal)];
    }

    /// <summary>Writes an entry into every cluster that can be reached.</summary>
    /// <exception cref="ClusterException">No cluster can be reached, or one refused.</exception>
    public async Task AppendAsync(HistoryEntry entry, CancellationToken cancellationToken)
    {
        foreach (var cluster in await ReachableAsync(cancellationToken))
        {
            await ReleaseStore.EnsureNamespaceAsync(cluster, cancellationToken);
            await AppendAsync(cluster, entry, cancellationToken);
        }
    }

    private async Task AppendAsync(Cluster cluster, HistoryEntry entry, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            var live = await cluster.GetAsync(_reference, cancellationToken);
            var lines = Parse(live).Append(entry).TakeLast(Kept).Select(e => JsonSerializer.Serialize(e, Json));
            var wanted = new JsonObject
            {
                ["apiVersion"] = _reference.ApiVersion,
                ["kind"] = _reference.Kind,
                ["metadata"] = new JsonObject { ["name"] = _reference.Name, ["namespace"] = _reference.Namespace },
                ["data"] = new JsonObject { [Key] = string.Join('\n', lines) },
            };
            if (live is not null)
                wanted["metadata"]!["resourceVersion"] = (string?)live["metadata"]?["resourceVersion"];
            try
            {
                _ = live is null ? await cluster.CreateAsync(wanted, cancellationToken) : await cluster.ReplaceAsync(wanted, cancellationToken);
                return;
            }
            catch (ClusterException e) when (e.Status == HttpStatusCode.Conflict && tries < Tries)
            {
                // Another wrote at the same moment: both entries are to stay.
            }
        }
    }

    private static IEnumerable<HistoryEntry> Parse(JsonObject? live) =>
        ((string?)live?["data"]?[Key] ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<HistoryEntry>(line, Json)!);

    private async Task<IReadOnlyList<Cluster>> ReachableAsync(CancellationToken cancellationToken)
    {
        var reachable = await Cluster.ReadyOfAsync(clusters, cancellationToken);
        return reachable.Count > 0 ? reachable : throw new ClusterException("neither cluster can be reached, and the history is in them", reachable: false);
    }
}
