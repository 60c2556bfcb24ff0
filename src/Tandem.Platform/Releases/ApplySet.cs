using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Tandem.Platform.Clusters;

namespace Tandem.Platform.Releases;

/// <summary>
/// The set of all objects of a platform in a cluster, marked as KEP-3659 says: each member has a label with the set's identifier, and
/// a parent object names the kinds that members have. So what a release no longer has can be found and deleted, by any tool that
/// knows the convention.
/// </summary>
/// <remarks><see href="https://github.com/kubernetes/enhancements/tree/master/keps/sig-cli/3659-kubectl-apply-prune">KEP-3659</see>.</remarks>
public sealed class ApplySet
{
    /// <summary>The label of members.</summary>
    public const string PartOfLabel = "applyset.kubernetes.io/part-of";

    /// <summary>An annotation of members: the hash of the object as it was deployed.</summary>
    public const string HashAnnotation = "tandem.dev/hash";

    private const string IdLabel = "applyset.kubernetes.io/id";
    private const string ToolingAnnotation = "applyset.kubernetes.io/tooling";
    private const string KindsAnnotation = "applyset.kubernetes.io/contains-group-kinds";
    private const string Tooling = "tandem/v1";

    private readonly ObjectReference _parent;

    /// <param name="platform">The platform's name.</param>
    public ApplySet(string platform)
    {
        _parent = new ObjectReference("v1", "ConfigMap", ReleaseStore.Namespace, $"tandem-{platform}");
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{_parent.Name}.{_parent.Namespace}.{_parent.Kind}."));
        Id = $"applyset-{Base64Url.EncodeToString(hash)}-v1";
    }

    /// <summary>The set's identifier.</summary>
    public string Id { get; }

    /// <summary>Selects the members.</summary>
    public string Selector => $"{PartOfLabel}={Id}";

    /// <summary>The object as it is applied: with the mark of a member, and its hash.</summary>
    public JsonObject Member(JsonObject value)
    {
        var member = value.DeepClone().AsObject();
        var metadata = member["metadata"]!.AsObject();
        Map(metadata, "annotations")[HashAnnotation] = ReleaseContent.Hash(value);
        Map(metadata, "labels")[PartOfLabel] = Id;
        return member;
    }

    /// <summary>The kinds that members may have by the parent's word: each as Kind or Kind.group.</summary>
    /// <exception cref="ClusterException">The API refused or cannot be reached.</exception>
    /// <exception cref="InvalidDataException">The set belongs to another tool.</exception>
    public async Task<IReadOnlySet<string>> KindsAsync(Cluster cluster, CancellationToken cancellationToken)
    {
        if (await cluster.GetAsync(_parent, cancellationToken) is not { } parent)
            return new HashSet<string>();
        var annotations = parent["metadata"]?["annotations"];
        if ((string?)annotations?[ToolingAnnotation] is { } tooling && tooling != Tooling)
            throw new InvalidDataException($"{cluster.Name}: {_parent} belongs to {tooling}, not to Tandem");
        return ((string?)annotations?[KindsAnnotation] ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries).ToHashSet();
    }

    /// <summary>Writes which kinds the members have.</summary>
    /// <exception cref="ClusterException">The API refused or cannot be reached.</exception>
    public Task WriteKindsAsync(Cluster cluster, IEnumerable<string> kinds, CancellationToken cancellationToken) => cluster.ApplyAsync(
        new JsonObject
        {
            ["apiVersion"] = _parent.ApiVersion,
            ["kind"] = _parent.Kind,
            ["metadata"] = new JsonObject
            {
                ["name"] = _parent.Name,
                ["namespace"] = _parent.Namespace,
                ["labels"] = new JsonObject { [IdLabel] = Id },
                ["annotations"] = new JsonObject
                {
                    [ToolingAnnotation] = Tooling,
                    [KindsAnnotation] = string.Join(',', kinds.Order(StringComparer.Ordinal)),
                },
            },
        },
        cancellationToken);

    /// <summary>How the parent names a kind.</summary>
    public static string KindOf(ObjectReference reference) => reference.Group.Length == 0 ? reference.Kind : $"{reference.Kind}.{reference.Group}";

    private static JsonObject Map(JsonObject metadata, string field)
    {
        if (metadata[field] is not JsonObject map)
            metadata[field] = map = [];
        return map;
    }
}
