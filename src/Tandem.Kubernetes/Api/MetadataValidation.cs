using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Tandem.Kubernetes.Api.Errors;
using Tandem.Kubernetes.Resources;

namespace Tandem.Kubernetes.Api;

/// <summary>The rules of metadata, which all kinds share.</summary>
internal static partial class MetadataValidation
{
    private const int MaxAnnotationBytes = 256 * 1024;

    public static void Check(JsonObject value, Resource resource, FieldErrors errors)
    {
        var metadata = value["metadata"]!.AsObject();
        var name = metadata.Text("name") ?? "";
        if (name.Length == 0)
            errors.Required("metadata.name", "name or generateName is required");
        else if (resource.NameRule.Check(name) is { } wrong)
            errors.Invalid("metadata.name", name, wrong);

        foreach (var (key, label) in metadata.Child("labels") ?? [])
        {
            CheckKey(key, "metadata.labels", errors);
            var text = (string?)label ?? "";
            if (text.Length > 63 || (text.Length > 0 && !LabelValue().IsMatch(text)))
                errors.Invalid("metadata.labels", text, "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')");
        }

        var size = 0;
        foreach (var (key, text) in metadata.Child("annotations") ?? [])
        {
            CheckKey(key.ToLowerInvariant(), "metadata.annotations", errors);
            size += key.Length + ((string?)text ?? "").Length;
        }

        if (size > MaxAnnotationBytes)
            errors.Invalid("metadata.annotations", "", $"Too long: may not be more than {MaxAnnotationBytes} bytes");
        if (metadata.Items("ownerReferences").Count(o => o.Flag("controller")) > 1)
            errors.Invalid("metadata.ownerReferences", null, "Only one reference can have Controller set to true");

        // Only the built-in kinds insist on a path in it; the apiextensions server, for definitions and custom kinds, does not.
        foreach (var finalizer in resource.IsCustom || resource.Group == "apiextensions.k8s.io" ? [] : metadata.Texts("finalizers"))
            if (!finalizer.Contains('/') && finalizer is not ("foregroundDeletion" or "orphan" or "kubernetes"))
                errors.Invalid("metadata.finalizers", finalizer, "name is neither a standard finalizer name nor is it fully qualified");
    }

    public static void CheckUpdate(JsonObject value, JsonObject old, FieldErrors errors)
    {
        if (old.Text("metadata", "deletionTimestamp") is null)
            return;
        var added = value.Texts("metadata", "finalizers").Except(old.Texts("metadata", "finalizers")).ToList();
        if (added.Count > 0)
            errors.Forbidden("metadata.finalizers", $"no new finalizers can be added if the object is being deleted, found new finalizers {JsonNode.Parse(System.Text.Json.JsonSerializer.Serialize(added))!.ToJsonString()}");
    }

    private static void CheckKey(string key, string field, FieldErrors errors)
    {
        var slash = key.IndexOf('/');
        var name = key[(slash + 1)..];
        if ((slash >= 0 && NameRule.Subdomain.Check(key[..slash]) is not null) || name.Length is 0 or > 63 || !LabelValue().IsMatch(name))
            errors.Invalid(field, key, "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')");
    }

    [GeneratedRegex(@"\A[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?\z")]
    private static partial Regex LabelValue();
}
