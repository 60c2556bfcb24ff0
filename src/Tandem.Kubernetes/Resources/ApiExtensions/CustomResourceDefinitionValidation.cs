using System.Text.Json.Nodes;
using Tandem.Kubernetes.Api.Errors;
using Tandem.Kubernetes.Resources.Custom;

namespace Tandem.Kubernetes.Resources.ApiExtensions;

/// <summary>What a CustomResourceDefinition must be, worded as apiextensions-apiserver does.</summary>
internal static class CustomResourceDefinitionValidation
{
    private static readonly string[] ColumnTypes = ["integer", "number", "string", "boolean", "date"];

    public static void Check(JsonObject value, FieldErrors errors)
    {
        var spec = value.Child("spec");
        var group = spec.Text("group") ?? "";
        CheckGroup(value, group, errors);
        if (value.Text("metadata", "name") is { } name && name != $"{spec.Text("names", "plural")}.{group}")
            errors.Invalid("metadata.name", name, "must be spec.names.plural+\".\"+spec.group");
        if (spec.Text("scope") is not { Length: > 0 } scope)
            errors.Required("spec.scope");
        else if (scope is not ("Cluster" or "Namespaced"))
            errors.NotSupported("spec.scope", scope, "Cluster", "Namespaced");
        if (spec.Flag("preserveUnknownFields"))
            errors.Invalid("spec.preserveUnknownFields", true, "must be false in order to use defaults in the schema");
        CheckNames(spec.Child("names") ?? [], errors);
        CheckConversion(spec.Child("conversion") ?? [], errors);
        CheckVersions(spec.Items("versions").ToList(), errors);
    }

    public static void CheckUpdate(JsonObject value, JsonObject old, FieldErrors errors)
    {
        var versions = value.Items("spec", "versions").Select(v => v.Text("name")).ToList();
        foreach (var (index, stored) in value.Texts("status", "storedVersions").Index())
            if (!versions.Contains(stored))
                errors.Invalid($"status.storedVersions[{index}]", stored, "missing from spec.versions; " + stored + " was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in " + stored + " and removes " + stored + " from status.storedVersions");
        if (!old.Items("status", "conditions").Any(c => c.Text("type") == "Established" && c.Text("status") == "True"))
            return;
        foreach (var field in new[] { "group", "scope" })
            if (value.Text("spec", field) != old.Text("spec", field))
                errors.Invalid($"spec.{field}", value.Text("spec", field), "field is immutable");
        foreach (var field in new[] { "plural", "kind" })
            if (value.Text("spec", "names", field) != old.Text("spec", "names", field))
                errors.Invalid($"spec.names.{field}", value.Text("spec", "names", field), "field is immutable");
    }

    private static void CheckGroup(JsonObject value, string group, FieldErrors errors)
    {
        if (group.Length == 0)
            errors.Required("spec.group");
        else if (NameRule.Subdomain.Check(group) is { } why)
            errors.Invalid("spec.group", group, why);
        else if (!group.Contains('.', StringComparison.Ordinal))
            errors.Invalid("spec.group", group, "should be a domain with at least one dot");
        const string approval = "api-approved.kubernetes.io";
        if ((group is "k8s.io" or "kubernetes.io" || group.EndsWith(".k8s.io", StringComparison.Ordinal) || group.EndsWith(".kubernetes.io", StringComparison.Ordinal))
            && string.IsNullOrEmpty(value.Text("metadata", "annotations", approval)))
            errors.Required($"metadata.annotations[{approval}]", $"protected groups must have approval annotation \"{approval}\", see https://github.com/kubernetes/enhancements/pull/1111");
    }

    private static void CheckNames(JsonObject names, FieldErrors errors)
    {
        foreach (var field in new[] { "plural", "singular", "kind", "listKind" })
        {
            if (names.Text(field) is not { Length: > 0 } name)
                errors.Required($"spec.names.{field}");
            else if (NameRule.Dns1035.Check(field.EndsWith("ind", StringComparison.Ordinal) ? name.ToLowerInvariant() : name) is { } why)
                errors.Invalid($"spec.names.{field}", name, field.EndsWith("ind", StringComparison.Ordinal) ? $"may have mixed case, but should otherwise match: {why}" : why);
        }

        foreach (var field in new[] { "shortNames", "categories" })
            foreach (var (index, name) in names.Texts(field).Index())
                if (NameRule.Dns1035.Check(name) is { } why)
                    errors.Invalid($"spec.names.{field}[{index}]", name, why);
        if (names.Text("kind") is { Length: > 0 } kind && kind == names.Text("listKind"))
            errors.Invalid("spec.names.listKind", kind, "kind and listKind may not be the same");
    }

    private static void CheckConversion(JsonObject conversion, FieldErrors errors)
    {
        // The real server also converts by webhooks; this one does not, and says so rather than serve objects unconverted.
        if (conversion.Text("strategy") != "None")
            errors.NotSupported("spec.conversion.strategy", conversion.Text("strategy"), "None");
        if (conversion["webhook"] is not null)
            errors.Forbidden("spec.conversion.webhook", "should not be set when strategy is not set to Webhook");
    }

    private static void CheckVersions(List<JsonObject> versions, FieldErrors errors)
    {
        if (versions.Count(v => v.Flag("storage")) != 1)
            errors.Invalid("spec.versions", new JsonArray([.. versions.Select(v => (JsonNode?)v.Text("name"))]), "must have exactly one version marked as storage version");
        if (versions.Select(v => v.Text("name")).Distinct().Count() != versions.Count)
            errors.Invalid("spec.versions", new JsonArray([.. versions.Select(v => (JsonNode?)v.Text("name"))]), "must contain unique version names");
        foreach (var (index, version) in versions.Index())
            CheckVersion(version, $"spec.versions[{index}]", errors);
    }

    private static void CheckVersion(JsonObject version, string path, FieldErrors errors)
    {
        if (NameRule.Dns1035.Check(version.Text("name") ?? "") is { } why)
            errors.Invalid($"{path}.name", version.Text("name"), why);
        if (version.Child("schema", "openAPIV3Schema") is { } schema)
            StructuralValidation.CheckRoot(schema, $"{path}.schema.openAPIV3Schema", errors);
        else
            errors.Required($"{path}.schema.openAPIV3Schema", "schemas are required");
        foreach (var (index, column) in version.Items("additionalPrinterColumns").Index())
            CheckColumn(column, $"{path}.additionalPrinterColumns[{index}]", errors);
        if (version.Child("subresources", "scale") is not { } scale)
            return;
        CheckScalePath(scale, "specReplicasPath", ".spec.", required: true, $"{path}.subresources.scale", errors);
        CheckScalePath(scale, "statusReplicasPath", ".status.", required: true, $"{path}.subresources.scale", errors);
        CheckScalePath(scale, "labelSelectorPath", ".status.|.spec.", required: false, $"{path}.subresources.scale", errors);
    }

    private static void CheckColumn(JsonObject column, string path, FieldErrors errors)
    {
        if (string.IsNullOrEmpty(column.Text("name")))
            errors.Required($"{path}.name");
        if (column.Text("type") is not { Length: > 0 } type)
            errors.Required($"{path}.type", $"must be one of {string.Join(',', ColumnTypes.Order(StringComparer.Ordinal))}");
        else if (!ColumnTypes.Contains(type))
            errors.Invalid($"{path}.type", type, $"must be one of {string.Join(',', ColumnTypes.Order(StringComparer.Ordinal))}");
        if (column.Text("jsonPath") is not { Length: > 0 } jsonPath)
            errors.Required($"{path}.JSONPath");
        else if (JsonPath.Parse(jsonPath) is null)
            errors.Invalid($"{path}.JSONPath", jsonPath, "is an invalid JSON path, or one of a form that is not supported here");
    }

    private static void CheckScalePath(JsonObject scale, string field, string below, bool required, string path, FieldErrors errors)
    {
        if (scale.Text(field) is not { Length: > 0 } given)
        {
            if (required)
                errors.Required($"{path}.{field}");
        }
        else if (JsonPath.Fields(given) is null || !below.Split('|').Any(b => given.StartsWith(b, StringComparison.Ordinal)))
        {
            errors.Invalid($"{path}.{field}", given, $"should be a json path under {string.Join(" or ", below.Split('|').Select(b => b.TrimEnd('.')))}");
        }
    }
}
