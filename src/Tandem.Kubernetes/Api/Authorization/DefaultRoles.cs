using System.Text.Json.Nodes;

namespace Tandem.Kubernetes.Api.Authorization;

/// <summary>
/// Keeps the roles that a cluster begins with up to date: what a newer version adds to them is added at the start, what
/// administrators added stays. See https://kubernetes.io/docs/reference/access-authn-authz/rbac/#auto-reconciliation.
/// </summary>
internal static class DefaultRoles
{
    private const string AutoUpdate = "rbac.authorization.kubernetes.io/autoupdate";

    /// <summary>Marks a role or binding as one of those.</summary>
    public static JsonObject Marked(JsonObject value)
    {
        var metadata = value.Ensure("metadata");
        metadata.Ensure("labels")["kubernetes.io/bootstrapping"] = "rbac-defaults";
        metadata.Ensure("annotations")[AutoUpdate] = "true";
        return value;
    }

    /// <summary>Adds to a live role or binding what it lacks of the wanted one.</summary>
    /// <returns>Whether something was added.</returns>
    public static bool Complete(JsonObject live, JsonObject wanted)
    {
        if (live.Text("metadata", "annotations", AutoUpdate) == "false")
            return false;
        var before = live.Copy();
        Marked(live);
        foreach (var (name, label) in wanted.Child("metadata", "labels") ?? [])
            live.Ensure("metadata").Ensure("labels")[name] = label?.DeepClone();
        if (wanted["aggregationRule"] is { } aggregation)
        {
            live["aggregationRule"] = aggregation.DeepClone();
        }
        else if (wanted["rules"] is JsonArray rules)
        {
            var held = PolicyRule.Of(live).ToList();
            if (live["rules"] is not JsonArray own)
                live["rules"] = own = [];
            foreach (var rule in rules)
                if (!PolicyRule.Read(rule!.AsObject()).Atoms().All(atom => held.Any(h => h.Covers(atom))))
                    own.Add(rule.DeepClone());
        }

        if (wanted["subjects"] is JsonArray subjects)
        {
            if (live["subjects"] is not JsonArray own)
                live["subjects"] = own = [];
            foreach (var subject in subjects)
                if (!own.Any(o => o.Text("kind") == subject.Text("kind") && o.Text("name") == subject.Text("name") && o.Text("namespace") == subject.Text("namespace")))
                    own.Add(subject!.DeepClone());
        }

        return !JsonNode.DeepEquals(before, live);
    }
}
