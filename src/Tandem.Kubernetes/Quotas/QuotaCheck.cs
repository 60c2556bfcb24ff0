using System.Text.Json.Nodes;

namespace Tandem.Kubernetes.Quotas;

/// <summary>What a write is charged, and what a quota says to it. Pure.</summary>
/// <param name="Group">Of the kind.</param>
/// <param name="Plural">Of the kind.</param>
/// <param name="Object">What is to be stored.</param>
/// <param name="Old">What is stored; null for a creation.</param>
/// <param name="Now">The time, which decides whether a pod in deletion counts.</param>
internal sealed record QuotaCheck(string Group, string Plural, JsonObject Object, JsonObject? Old, DateTimeOffset Now)
{
    /// <summary>It was a mistake once to demand these of each container; Kubernetes keeps it for these alone.</summary>
    private static readonly string[] Demanded = ["cpu", "memory", "requests.cpu", "requests.memory", "limits.cpu", "limits.memory"];

    /// <summary>Whether a quota counts anything of this kind at all.</summary>
    public bool Concerns(JsonObject quota) =>
        (quota.Child("status", "hard") ?? []).Any(h => ObjectUsage.Tracks(Group, Plural, h.Key)) && QuotaScopes.Contain(quota, Group, Plural, Object);

    /// <summary>What would be used.</summary>
    /// <param name="quota">As it is stored, with the use so far.</param>
    /// <returns>The new use, or why it is refused; neither where nothing changes.</returns>
    public (Usage? Used, string? Refusal) Against(JsonObject quota)
    {
        var name = quota.Text("metadata", "name");
        var hard = Usage.Read(quota.Child("status", "hard"));
        var used = Usage.Read(quota.Child("status", "used"));
        var tracked = hard.Keys.Where(h => ObjectUsage.Tracks(Group, Plural, h)).ToHashSet();
        if (Plural == "pods" && Missing(tracked) is { Length: > 0 } missing)
            return (null, $"failed quota: {name}: must specify {missing}");
        if (tracked.Any(t => !used.ContainsKey(t)))
            return (null, $"status unknown for quota: {name}, resources: {string.Join(',', tracked.Order(StringComparer.Ordinal))}");

        var requested = ObjectUsage.Of(Group, Plural, Object, Now).Only(tracked.Contains);
        requested = requested.Above(Old is not null && QuotaScopes.Contain(quota, Group, Plural, Old) ? ObjectUsage.Of(Group, Plural, Old, Now) : []);
        if (requested.Count == 0)
            return (null, null);
        var after = new Usage();
        after.Add(used);
        after.Add(requested);
        var exceeded = requested.Keys.Where(r => after[r].Value > hard[r].Value).ToHashSet();
        return exceeded.Count == 0
            ? (after, null)
            : (null, $"exceeded quota: {name}, requested: {requested.Only(exceeded.Contains)}, used: {used.Only(exceeded.Contains)}, limited: {hard.Only(exceeded.Contains)}");
    }

    private string Missing(IReadOnlySet<string> tracked)
    {
        var containers = Object.Items("spec", "containers").Concat(Object.Items("spec", "initContainers"))
            .Select(c => (Name: c.Text("name") ?? "", Has: PodUsage.Compute(PodUsage.Of(c, "requests"), PodUsage.Of(c, "limits"))))
            .ToList();
        return string.Join("; ", Demanded.Where(tracked.Contains).Order(StringComparer.Ordinal)
            .Select(d => (Resource: d, Without: containers.Where(c => !c.Has.ContainsKey(d)).Select(c => c.Name).Distinct().Order(StringComparer.Ordinal).ToList()))
            .Where(m => m.Without.Count > 0)
            .Select(m => $"{m.Resource} for: {string.Join(',', m.Without)}"));
    }
}
