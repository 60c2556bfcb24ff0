using System.Text.Json.Nodes;
using Tandem.Kubernetes.Api.Errors;

namespace Tandem.Kubernetes.Resources.Rbac;

/// <summary>What the four kinds of role-based access control share.</summary>
internal abstract class RbacResource(string kind, string plural, Type model) : Resource(ApiGroup, "v1", kind, plural, model)
{
    public const string ApiGroup = "rbac.authorization.k8s.io";

    public override NameRule NameRule => NameRule.PathSegment;

    public override void Default(JsonObject value)
    {
        value.Child("roleRef")?.Default("apiGroup", ApiGroup);
        foreach (var subject in value.Items("subjects"))
            if (subject.Text("kind") is "User" or "Group")
                subject.Default("apiGroup", ApiGroup);
    }

    public override void Validate(JsonObject value, FieldErrors errors)
    {
        foreach (var (index, rule) in value.Items("rules").Index())
        {
            if (!rule.Texts("verbs").Any())
                errors.Required($"rules[{index}].verbs", "verbs must contain at least one value");
            if (!rule.Texts("nonResourceURLs").Any() && !rule.Texts("resources").Any())
                errors.Required($"rules[{index}].resources", "resource rules must supply at least one resource");
        }

        foreach (var (index, subject) in value.Items("subjects").Index())
            if (subject.Text("kind") is not ("User" or "Group" or "ServiceAccount"))
                errors.NotSupported($"subjects[{index}].kind", subject.Text("kind"), "Group", "ServiceAccount", "User");
    }

    public override void ValidateUpdate(JsonObject value, JsonObject old, FieldErrors errors)
    {
        if (!JsonNode.DeepEquals(value["roleRef"], old["roleRef"]))
            errors.Invalid("roleRef", value["roleRef"]?.DeepClone(), "cannot change roleRef");
    }

    protected static IReadOnlyList<TableColumn> RoleColumns { get; } =
        [TableColumn.Name, new("Created At", (o, _) => o.Text("metadata", "creationTimestamp"), "date")];

    protected static IReadOnlyList<TableColumn> BindingColumns { get; } =
    [
        TableColumn.Name,
        TableColumn.Text("Role", o => $"{o.Text("roleRef", "kind")}/{o.Text("roleRef", "name")}"),
        TableColumn.Age,
        TableColumn.Text("Users", o => Subjects(o, "User"), 1),
        TableColumn.Text("Groups", o => Subjects(o, "Group"), 1),
        TableColumn.Text("ServiceAccounts", o => Subjects(o, "ServiceAccount"), 1),
    ];

    private static string Subjects(JsonObject binding, string kind) => string.Join(", ", binding.Items("subjects")
        .Where(s => s.Text("kind") == kind)
        .Select(s => kind == "ServiceAccount" ? $"{s.Text("namespace")}/{s.Text("name")}" : s.Text("name")));
}
