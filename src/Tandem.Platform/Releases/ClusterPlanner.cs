using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using Tandem.Platform.Clusters;

namespace Tandem.Platform.Releases;

/// <summary>Compares a release with a cluster. Changes nothing.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="set">The platform's set.</param>
public sealed class ClusterPlanner(Cluster cluster, ApplySet set)
{
    /// <summary>How many requests are under way at once: more does not help a server, and would keep others from it.</summary>
    internal const int Parallel = 16;

    /// <param name="objects">What the release wants.</param>
    /// <param name="owned">What the objects were like after the last release; see <see cref="OwnedFields"/>.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ClusterException">The cluster would refuse an object, or cannot be reached.</exception>
    public async Task<ClusterPlan> PlanAsync(
        IReadOnlyList<JsonObject> objects, IReadOnlyDictionary<string, string> owned, CancellationToken cancellationToken)
    {
        var wanted = (await WantedAsync(objects, cancellationToken)).Select(m => (Reference: ObjectReference.Of(m), Member: m)).ToList();
        var kinds = (await set.KindsAsync(cluster, cancellationToken)).ToHashSet();
        kinds.UnionWith(wanted.Select(w => ApplySet.KindOf(w.Reference)));
        var members = await MembersAsync(kinds, wanted.Select(w => w.Reference), cancellationToken);

        var coming = Coming.Of(wanted.Select(w => w.Member), members);
        var planned = new ConcurrentDictionary<ObjectKey, PlannedObject>();
        await System.Threading.Tasks.Parallel.ForEachAsync(
            wanted,
            new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = cancellationToken },
            async (w, stop) => planned[w.Reference.Key] = await PlanAsync(w.Reference, w.Member, members.GetValueOrDefault(w.Reference.Key), owned, coming, stop));

        var keys = wanted.Select(w => w.Reference.Key).ToHashSet();
        var gone = members.Values.Where(m => !keys.Contains(ObjectReference.Of(m).Key) && !IsLeaving(m));
        return new ClusterPlan(
            [.. wanted.Select(w => planned[w.Reference.Key])],
            [.. Manifests.InOrder(gone).Reverse().Select(m => new PrunedObject(ObjectReference.Of(m), (string)m["metadata"]!["uid"]!))],
            kinds);
    }

    /// <summary>The objects of a release as they are applied to this cluster.</summary>
    /// <exception cref="ClusterException">The cluster does not serve a kind, or cannot be reached.</exception>
    public async Task<IReadOnlyList<JsonObject>> WantedAsync(IReadOnlyList<JsonObject> objects, CancellationToken cancellationToken)
    {
        var definitions = objects.Where(o => (string?)o["kind"] == "CustomResourceDefinition").ToList();
        var wanted = new List<JsonObject>();
        foreach (var value in objects)
            wanted.Add(set.Member(await WithNamespaceAsync(value, definitions, cancellationToken)));
        return wanted;
    }

    /// <summary>The members that the cluster has.</summary>
    private async Task<IReadOnlyDictionary<ObjectKey, JsonObject>> MembersAsync(
        IEnumerable<string> kinds, IEnumerable<ObjectReference> wanted, CancellationToken cancellationToken)
    {
        var versions = wanted.GroupBy(ApplySet.KindOf).ToDictionary(g => g.Key, g => g.First().ApiVersion);
        var members = new ConcurrentDictionary<ObjectKey, JsonObject>();
        await System.Threading.Tasks.Parallel.ForEachAsync(
            kinds,
            new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = cancellationToken },
            async (name, stop) =>
            {
                var (kind, group) = name.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot ? (name[..dot], name[(dot + 1)..]) : (name, "");
                if ((versions.GetValueOrDefault(name) ?? await cluster.PreferredVersionAsync(group, stop)) is not { } version
                    || !await cluster.ServesAsync(version, kind, stop))
                    return;
                foreach (var member in await cluster.ListAsync(version, kind, stop, set.Selector))
                    members[ObjectReference.Of(member).Key] = member;
            });
        return members;
    }

    private async Task<PlannedObject> PlanAsync(
        ObjectReference reference, JsonObject member, JsonObject? live, IReadOnlyDictionary<string, string> owned, Coming coming, CancellationToken cancellationToken)
    {
        if (live is not null && owned.TryGetValue(reference.Key.ToString(), out var fields) && fields == OwnedFields.Of(live)
            && (string?)live["metadata"]?["annotations"]?[ApplySet.HashAnnotation] == (string?)member["metadata"]?["annotations"]?[ApplySet.HashAnnotation])
            return new PlannedObject(reference, member, PlannedChange.None, live, null);

        // Nobody can say what a cluster would make of an object whose kind or namespace does not exist yet, or which is being deleted.
        if (coming.Concerns(reference) || (live is not null && IsLeaving(live)))
            return new PlannedObject(reference, member, PlannedChange.Create, live, null);
        var isMember = live is not null;
        live ??= await cluster.GetAsync(reference, cancellationToken);
        if (live is not null && IsLeaving(live))
            return new PlannedObject(reference, member, PlannedChange.Create, live, null);
        var result = await cluster.ApplyAsync(member, cancellationToken, dryRun: true);
        return live is null
            ? new PlannedObject(reference, member, PlannedChange.Create, null, result)
            : new PlannedObject(reference, member, PlannedChange.Update, live, result) { IsAdopted = !isMember };
    }

    private static bool IsLeaving(JsonObject live) => live["metadata"]?["deletionTimestamp"] is not null;

    /// <summary>An object without a namespace is in <c>default</c>, where its kind has namespaces at all.</summary>
    private async Task<JsonObject> WithNamespaceAsync(JsonObject value, IReadOnlyList<JsonObject> definitions, CancellationToken cancellationToken)
    {
        var reference = ObjectReference.Of(value);
        var defined = definitions.FirstOrDefault(o => Coming.Defines(o, reference));
        var isNamespaced = defined is not null && !await cluster.ServesAsync(reference.ApiVersion, reference.Kind, cancellationToken)
            ? (string?)defined["spec"]?["scope"] == "Namespaced"
            : (await cluster.ResourceAsync(reference.ApiVersion, reference.Kind, cancellationToken)).IsNamespaced;
        if (isNamespaced == reference.Namespace is not null)
            return value;
        if (!isNamespaced)
            throw new ClusterException($"{reference}: a {reference.Kind} has no namespace", reachable: true, HttpStatusCode.BadRequest);
        var placed = value.DeepClone().AsObject();
        placed["metadata"]!["namespace"] = "default";
        return placed;
    }
}

/// <summary>Namespaces and kinds that a release brings and the cluster does not have.</summary>
internal sealed record Coming(IReadOnlySet<string> Namespaces, IReadOnlySet<(string Group, string Kind)> Kinds)
{
    public static Coming Of(IEnumerable<JsonObject> wanted, IReadOnlyDictionary<ObjectKey, JsonObject> members)
    {
        var absent = wanted.Where(w => members.GetValueOrDefault(ObjectReference.Of(w).Key)?["metadata"]?["deletionTimestamp"] is not null
            || !members.ContainsKey(ObjectReference.Of(w).Key)).ToList();
        return new Coming(
            absent.Where(w => (string?)w["kind"] == "Namespace").Select(w => (string)w["metadata"]!["name"]!).ToHashSet(),
            absent.Where(w => (string?)w["kind"] == "CustomResourceDefinition")
                .Select(w => ((string?)w["spec"]?["group"] ?? "", (string?)w["spec"]?["names"]?["kind"] ?? "")).ToHashSet());
    }

    public bool Concerns(ObjectReference reference) =>
        (reference.Namespace is { } name && Namespaces.Contains(name)) || Kinds.Contains((reference.Group, reference.Kind));

    /// <summary>Whether an object is the definition of another's kind.</summary>
    public static bool Defines(JsonObject value, ObjectReference reference) => (string?)value["kind"] == "CustomResourceDefinition"
        && (string?)value["spec"]?["group"] == reference.Group && (string?)value["spec"]?["names"]?["kind"] == reference.Kind;
}
