using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Tandem.Platform.Clusters;

namespace Tandem.Platform.Releases;

/// <summary>
/// The releases of a platform as one cluster has them: Secrets, since objects of releases may be Secrets themselves. A release is
/// a small one that says what it is, written last, and those with its objects. What the cluster's objects were like once they were applied is
/// in one more, of that cluster's own.
/// </summary>
/// <param name="cluster">The cluster.</param>
/// <param name="platform">The platform's name.</param>
public sealed class ReleaseStore(Cluster cluster, string platform)
{
    /// <summary>Where Tandem keeps what it has to remember.</summary>
    public const string Namespace = "tandem-system";

    private const string PlatformLabel = "tandem.dev/platform";
    private const string PartLabel = "tandem.dev/part";
    private const string NumberLabel = "tandem.dev/release";
    private const string Key = "data";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };

    /// <summary>The cluster.</summary>
    public Cluster Cluster => cluster;

    /// <summary>Selects all records, of whatever release and part.</summary>
    public string AllSelector => $"{PlatformLabel}={platform}";

    /// <summary>Makes the namespace where there is none.</summary>
    /// <exception cref="ClusterException">The API refused or cannot be reached.</exception>
    public static Task EnsureNamespaceAsync(Cluster cluster, CancellationToken cancellationToken) => cluster.ApplyAsync(
        new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Namespace", ["metadata"] = new JsonObject { ["name"] = Namespace } }, cancellationToken);

    /// <summary>All releases, the oldest first.</summary>
    /// <exception cref="ClusterException">The API refused or cannot be reached.</exception>
    public async Task<IReadOnlyList<Release>> ListAsync(CancellationToken cancellationToken)
    {
        var secrets = await cluster.ListAsync("v1", "Secret", cancellationToken, Selector("release"), Namespace);
        return [.. secrets.Select(s => JsonSerializer.Deserialize<Release>(Data(s), Json)!).OrderBy(r => r.Number)];
    }

    /// <summary>The objects of a release, as they were deployed.</summary>
    /// <exception cref="InvalidDataException">The record is not whole.</exception>
    /// <exception cref="ClusterException">The API refused or cannot be reached.</exception>
    public async Task<IReadOnlyList<JsonObject>> ObjectsAsync(int number, CancellationToken cancellationToken) =>
        await ReadAsync("objects", number, cancellationToken) is JsonArray objects
            ? [.. objects.Select(o => o!.DeepClone().AsObject())]
            : throw new InvalidDataException($"{cluster.Name}: the objects of release {number} are not there");

    /// <summary>The fields that every object had from the release, by <see cref="ObjectKey"/> as text: hashes.</summary>
    /// <exception cref="ClusterException">The API refused or cannot be reached.</exception>
    public async Task<IReadOnlyDictionary<string, string>> OwnedAsync(int number, CancellationToken cancellationToken) =>
        await ReadAsync("owned", number, cancellationToken) is JsonObject owned ? owned.ToDictionary(p => p.Key, p => (string)p.Value!) : new Dictionary<string, string>();

    /// <summary>Writes a release down, its objects first: from here on whoever comes finds it.</summary>
    /// <exception cref="ClusterException">The API refused or cannot be reached.</exception>
    public async Task WriteAsync(Release release, IReadOnlyList<JsonObject> objects, CancellationToken cancellationToken)
    {
        await WriteAsync("objects", release.Number, new JsonArray([.. objects.Select(o => o.DeepClone())]), cancellationToken);
        await UpdateAsync(release, cancellationToken);
    }

    /// <summary>Writes what has become of a release.</summary>
    /// <exception cref="ClusterException">The API refused or cannot be reached.</exception>
    public Task UpdateAsync(Release release, CancellationToken cancellationToken) =>
        cluster.ApplyAsync(Secret("release", release.Number, 0, Serialize(release)), cancellationToken);

    /// <summary>Writes what the objects were like once they were applied; see <see cref="OwnedFields"/>.</summary>
    /// <exception cref="ClusterException">The API refused or cannot be reached.</exception>
    public Task WriteOwnedAsync(int number, IReadOnlyDictionary<string, string> owned, CancellationToken cancellationToken) =>
        WriteAsync("owned", number, new JsonObject(owned.Select(p => KeyValuePair.Create(p.Key, (JsonNode?)p.Value))), cancellationToken);

    /// <summary>Objects that a release took over, as they were before it.</summary>
    /// <exception cref="ClusterException">The API refused or cannot be reached.</exception>
    public async Task<IReadOnlyList<JsonObject>> AdoptedAsync(int number, CancellationToken cancellationToken) =>
        await ReadAsync("adopted", number, cancellationToken) is JsonArray objects ? [.. objects.Select(o => o!.DeepClone().AsObject())] : [];

    /// <summary>Keeps objects that a release is about to take over.</summary>
    /// <exception cref="ClusterException">The API refused or cannot be reached.</exception>
    public Task WriteAdoptedAsync(int number, IReadOnlyList<JsonObject> objects, CancellationToken cancellationToken) =>
        objects.Count == 0 ? Task.CompletedTask : WriteAsync("adopted", number, new JsonArray([.. objects.Select(o => o.DeepClone())]), cancellationToken);

    /// <summary>Forgets a release: what says that it is there goes first.</summary>
    /// <exception cref="ClusterException">The API refused or cannot be reached.</exception>
    public async Task ForgetAsync(int number, CancellationToken cancellationToken)
    {
        await cluster.DeleteAsync(new ObjectReference("v1", "Secret", Namespace, Name("release", number, 0)), null, cancellationToken);
        foreach (var piece in await cluster.ListAsync("v1", "Secret", cancellationToken, $"{PlatformLabel}={platform},{NumberLabel}={number}", Namespace))
            await cluster.DeleteAsync(ObjectReference.Of(piece), null, cancellationToken);
    }

    /// <summary>Deletes what there is of releases that are not recorded: they were being written, or forgotten, when the writer was killed.</summary>
    /// <param name="record">The releases that are.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ClusterException">The API refused or cannot be reached.</exception>
    public async Task ForgetOthersAsync(IReadOnlyList<Release> record, CancellationToken cancellationToken)
    {
        var others = string.Create(CultureInfo.InvariantCulture, $"{NumberLabel} notin ({string.Join(',', record.Select(r => r.Number).Prepend(0))})");
        foreach (var piece in await cluster.ListAsync("v1", "Secret", cancellationToken, $"{AllSelector},{NumberLabel},{others}", Namespace))
            await cluster.DeleteAsync(ObjectReference.Of(piece), null, cancellationToken);
    }

    private async Task WriteAsync(string part, int number, JsonNode value, CancellationToken cancellationToken)
    {
        var pieces = ReleaseContent.Pack(value);
        for (var i = 0; i < pieces.Count; i++)
            await cluster.ApplyAsync(Secret(part, number, i, pieces[i]), cancellationToken);
    }

    private async Task<JsonNode?> ReadAsync(string part, int number, CancellationToken cancellationToken)
    {
        var secrets = await cluster.ListAsync("v1", "Secret", cancellationToken, $"{Selector(part)},{NumberLabel}={number}", Namespace);
        return secrets.Count == 0 ? null : ReleaseContent.Unpack(secrets.OrderBy(s => (string?)s["metadata"]?["name"], StringComparer.Ordinal).Select(Data));
    }

    private string Selector(string part) => $"{PlatformLabel}={platform},{PartLabel}={part}";

    private string Name(string part, int number, int piece) =>
        string.Create(CultureInfo.InvariantCulture, $"tandem-{platform}-{number:D6}-{part}{(part == "release" ? "" : $"-{piece:D3}")}");

    private static byte[] Serialize(Release release) => JsonSerializer.SerializeToUtf8Bytes(release, Json);

    private static byte[] Data(JsonObject secret) => Convert.FromBase64String((string?)secret["data"]?[Key] ?? "");

    private JsonObject Secret(string part, int number, int piece, byte[] data) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Secret",
        ["type"] = "tandem.dev/release",
        ["metadata"] = new JsonObject
        {
            ["name"] = Name(part, number, piece),
            ["namespace"] = Namespace,
            ["labels"] = new JsonObject
            {
                [PlatformLabel] = platform, [PartLabel] = part, [NumberLabel] = number.ToString(CultureInfo.InvariantCulture),
            },
        },
        ["data"] = new JsonObject { [Key] = Convert.ToBase64String(data) },
    };
}
