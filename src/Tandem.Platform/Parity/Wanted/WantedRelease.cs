using System.Text.Json.Nodes;
using Tandem.Platform.Clusters;
using Tandem.Platform.Releases;

namespace Tandem.Platform.Parity.Wanted;

/// <summary>What a release means for one cluster: which objects it must have and what those need, without the objects themselves.</summary>
/// <param name="Number">The release's number.</param>
/// <param name="Objects">The hash of each object as it was deployed, and its reference.</param>
/// <param name="Owned">The fields that each object had from the release once it was applied, by key as text; see <see cref="OwnedFields"/>.</param>
/// <param name="Needs">Secrets and ConfigMaps that its workloads and Ingresses name.</param>
/// <param name="Workloads">Its Deployments, DaemonSets and StatefulSets, with the images of each container.</param>
/// <param name="Hosts">The hosts that each TLS Secret must cover.</param>
/// <param name="Paths">What its Ingresses promise.</param>
public sealed record WantedRelease(
    int Number,
    IReadOnlyDictionary<ObjectKey, WantedObject> Objects,
    IReadOnlyDictionary<string, string> Owned,
    IReadOnlyList<ObjectNeed> Needs,
    IReadOnlyDictionary<ObjectKey, IReadOnlyList<WantedImage>> Workloads,
    IReadOnlyList<WantedHost> Hosts,
    IReadOnlyList<IngressPath> Paths)
{
    /// <summary>The namespaces of its objects.</summary>
    public IReadOnlySet<string> Namespaces { get; } = Objects.Keys.Select(k => k.Namespace).Where(n => n.Length > 0).ToHashSet();

    /// <summary>The kinds of its objects.</summary>
    public IReadOnlySet<(string ApiVersion, string Kind)> Kinds { get; } = Objects.Values.Select(o => (o.Reference.ApiVersion, o.Reference.Kind)).ToHashSet();

    /// <summary>Reads a release's objects.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="members">The objects as they are applied to the cluster; see <see cref="ApplySet.Member"/>.</param>
    /// <param name="owned">What was remembered of them.</param>
    public static WantedRelease Of(int number, IReadOnlyList<JsonObject> members, IReadOnlyDictionary<string, string> owned) => new(
        number,
        members.ToDictionary(
            m => ObjectReference.Of(m).Key, m => new WantedObject(ObjectReference.Of(m), (string)m["metadata"]!["annotations"]![ApplySet.HashAnnotation]!)),
        owned,
        [.. members.SelectMany(ObjectNeed.Of).Distinct()],
        members.Where(Readiness.IsWorkload).ToDictionary(m => ObjectReference.Of(m).Key, WantedImage.Of),
        [.. members.SelectMany(WantedHost.Of).Distinct()],
        IngressPath.Of(members));
}

/// <summary>An object of a release.</summary>
/// <param name="Reference">Which.</param>
/// <param name="Hash">Its hash as it was deployed.</param>
public sealed record WantedObject(ObjectReference Reference, string Hash);

/// <summary>A host that a TLS Secret must cover.</summary>
/// <param name="Secret">The Secret.</param>
/// <param name="Host">The host.</param>
public sealed record WantedHost(ObjectKey Secret, string Host)
{
    /// <summary>Those of an Ingress.</summary>
    internal static IEnumerable<WantedHost> Of(JsonObject value) =>
        from tls in (string?)value["kind"] == "Ingress" ? value["spec"]?["tls"] as JsonArray ?? [] : []
        where (string?)tls?["secretName"] is { Length: > 0 }
        from host in tls["hosts"] as JsonArray ?? []
        select new WantedHost(new ObjectKey("", "Secret", (string?)value["metadata"]?["namespace"] ?? "", (string)tls["secretName"]!), (string)host!);
}

/// <summary>A container's image.</summary>
/// <param name="Container">The container's name.</param>
/// <param name="Image">The image that the release names.</param>
public sealed record WantedImage(string Container, string Image)
{
    /// <summary>Those of a workload.</summary>
    internal static IReadOnlyList<WantedImage> Of(JsonObject workload)
    {
        var pod = workload["spec"]?["template"]?["spec"];
        return
        [
            .. (pod?["containers"] as JsonArray ?? []).Concat(pod?["initContainers"] as JsonArray ?? [])
                .Select(c => new WantedImage((string?)c?["name"] ?? "", (string?)c?["image"] ?? "")),
        ];
    }
}
