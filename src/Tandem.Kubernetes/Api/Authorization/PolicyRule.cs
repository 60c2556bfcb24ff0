using System.Text.Json.Nodes;

namespace Tandem.Kubernetes.Api.Authorization;

/// <summary>One rule of a role, read once. See https://kubernetes.io/docs/reference/kubernetes-api/authorization-resources/role-v1/.</summary>
internal sealed record PolicyRule(
    IReadOnlyList<string> Verbs,
    IReadOnlyList<string> Groups,
    IReadOnlyList<string> Resources,
    IReadOnlyList<string> ResourceNames,
    IReadOnlyList<string> NonResourceUrls)
{
    private const string All = "*";

    public static PolicyRule Read(JsonObject rule) => new(
        [.. rule.Texts("verbs")], [.. rule.Texts("apiGroups")], [.. rule.Texts("resources")], [.. rule.Texts("resourceNames")], [.. rule.Texts("nonResourceURLs")]);

    /// <summary>The rules of a role.</summary>
    public static IEnumerable<PolicyRule> Of(JsonObject role) => role.Items("rules").Select(Read);

    public bool Allows(AuthorizationAttributes wanted)
    {
        if (!Has(Verbs, wanted.Verb))
            return false;
        if (wanted.Path is { } path)
            return NonResourceUrls.Any(u => u == All || u == path || (u.EndsWith('*') && path.StartsWith(u[..^1], StringComparison.Ordinal)));
        return Has(Groups, wanted.Group)
            && (Has(Resources, wanted.Combined) || (wanted.Subresource.Length > 0 && Resources.Contains($"{All}/{wanted.Subresource}")))
            && (ResourceNames.Count == 0 || ResourceNames.Contains(wanted.Name));
    }

    /// <summary>The rule taken apart into rules of one verb, group, resource and name each, which either somebody holds or not.</summary>
    public IEnumerable<PolicyRule> Atoms()
    {
        foreach (var verb in Verbs)
        {
            foreach (var url in NonResourceUrls)
                yield return new PolicyRule([verb], [], [], [], [url]);
            foreach (var group in Groups)
                foreach (var resource in Resources)
                    foreach (var name in ResourceNames.Count > 0 ? ResourceNames : [""])
                        yield return new PolicyRule([verb], [group], [resource], name.Length > 0 ? [name] : [], []);
        }
    }

    /// <summary>Whether whoever holds this rule may do all that an atom allows.</summary>
    public bool Covers(PolicyRule atom) =>
        Has(Verbs, atom.Verbs[0])
        && (atom.NonResourceUrls.Count > 0
            ? NonResourceUrls.Any(u => u == All || u == atom.NonResourceUrls[0] || (u.EndsWith('*') && atom.NonResourceUrls[0].StartsWith(u[..^1], StringComparison.Ordinal)))
            : Has(Groups, atom.Groups[0])
                && (Has(Resources, atom.Resources[0]) || (atom.Resources[0].IndexOf('/', StringComparison.Ordinal) is var slash and > 0 && Resources.Contains(All + atom.Resources[0][slash..])))
                && (ResourceNames.Count == 0 || (atom.ResourceNames.Count > 0 && ResourceNames.Contains(atom.ResourceNames[0]))));

    /// <summary>As Go prints it in refusals.</summary>
    public override string ToString()
    {
        var parts = new List<string>();
        Add("APIGroups", Groups);
        Add("Resources", Resources);
        Add("ResourceNames", ResourceNames);
        Add("NonResourceURLs", NonResourceUrls);
        Add("Verbs", Verbs);
        return $"{{{string.Join(", ", parts)}}}";

        void Add(string title, IReadOnlyList<string> values)
        {
            if (values.Count > 0)
                parts.Add($"{title}:[{string.Join(", ", values.Select(v => $"\"{v}\""))}]");
        }
    }

    public JsonObject ToJson()
    {
        var value = new JsonObject { ["verbs"] = Array(Verbs) };
        foreach (var (field, values) in new[] { ("apiGroups", Groups), ("resources", Resources), ("resourceNames", ResourceNames), ("nonResourceURLs", NonResourceUrls) })
            if (values.Count > 0)
                value[field] = Array(values);
        return value;
    }

    private static JsonArray Array(IReadOnlyList<string> values) => new([.. values.Select(v => (JsonNode)v)]);

    private static bool Has(IReadOnlyList<string> values, string wanted) => values.Contains(All) || values.Contains(wanted);
}
