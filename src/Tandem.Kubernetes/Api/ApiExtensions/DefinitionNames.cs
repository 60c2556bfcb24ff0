using System.Text.Json.Nodes;

namespace Tandem.Kubernetes.Api.ApiExtensions;

/// <summary>Whether the names of a definition are free in its group, and the conditions that say so.</summary>
internal static class DefinitionNames
{
    /// <summary>The status that a definition should have.</summary>
    /// <param name="definition">The definition.</param>
    /// <param name="taken">The accepted names of all other definitions of the group.</param>
    /// <param name="now">The time, RFC 3339.</param>
    public static JsonObject Status(JsonObject definition, IReadOnlyList<JsonObject> taken, string now)
    {
        var status = definition.Child("status")?.Copy() ?? [];
        var names = definition.Child("spec", "names")!;
        var (reason, message) = Conflict(names, taken);
        if (reason is null)
            status["acceptedNames"] = names.DeepClone();
        SetCondition(status, "NamesAccepted", reason is null, reason ?? "NoConflicts", message ?? "no conflicts found", now);

        // Once established, always established: a later conflict does not take the objects away.
        var established = status.Items("conditions").Any(c => c.Text("type") == "Established" && c.Text("status") == "True");
        if (!established)
            SetCondition(
                status, "Established", reason is null, reason is null ? "InitialNamesAccepted" : "NotAccepted",
                reason is null ? "the initial names have been accepted" : "not all names are accepted", now);
        return status;
    }

    public static void SetCondition(JsonObject status, string type, bool isTrue, string reason, string message, string now)
    {
        if (status["conditions"] is not JsonArray conditions)
            status["conditions"] = conditions = [];
        var text = isTrue ? "True" : "False";
        var old = conditions.OfType<JsonObject>().FirstOrDefault(c => c.Text("type") == type);
        if (old is not null && old.Text("status") == text && old.Text("reason") == reason && old.Text("message") == message)
            return;
        var since = old?.Text("status") == text ? old.Text("lastTransitionTime") : now;
        var condition = new JsonObject { ["type"] = type, ["status"] = text, ["lastTransitionTime"] = since, ["reason"] = reason, ["message"] = message };
        if (old is null)
            conditions.Add(condition);
        else
            conditions[conditions.IndexOf(old)] = condition;
    }

    private static (string? Reason, string? Message) Conflict(JsonObject names, IReadOnlyList<JsonObject> taken)
    {
        foreach (var (field, reason) in new[] { ("plural", "PluralConflict"), ("singular", "SingularConflict") })
            if (names.Text(field) is { } name && taken.Any(t => Resources(t).Contains(name)))
                return (reason, $"\"{name}\" is already in use");
        foreach (var name in names.Texts("shortNames"))
            if (taken.Any(t => Resources(t).Contains(name)))
                return ("ShortNamesConflict", $"\"{name}\" is already in use");
        foreach (var (field, reason) in new[] { ("kind", "KindConflict"), ("listKind", "ListKindConflict") })
            if (names.Text(field) is { } name && taken.Any(t => t.Text("kind") == name || t.Text("listKind") == name))
                return (reason, $"\"{name}\" is already in use");
        return (null, null);
    }

    private static IEnumerable<string> Resources(JsonObject names) =>
        names.Texts("shortNames").Append(names.Text("plural") ?? "").Append(names.Text("singular") ?? "");
}
