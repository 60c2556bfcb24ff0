using System.Text;
using System.Text.Json.Nodes;
using k8s.Models;
using Tandem.Kubernetes.Api.Errors;

namespace Tandem.Kubernetes.Resources.Core;

internal sealed class Secrets() : Resource("", "v1", "Secret", "secrets", typeof(V1Secret))
{
    private static readonly Dictionary<string, string[]> RequiredKeys = new()
    {
        ["kubernetes.io/tls"] = ["tls.crt", "tls.key"],
        ["kubernetes.io/dockerconfigjson"] = [".dockerconfigjson"],
        ["kubernetes.io/dockercfg"] = [".dockercfg"],
        ["kubernetes.io/ssh-auth"] = ["ssh-privatekey"],
    };

    public override IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.Name,
        TableColumn.Text("Type", o => o.Text("type")),
        new("Data", (o, _) => o.Child("data")?.Count ?? 0),
        TableColumn.Age,
    ];

    public override void Default(JsonObject value)
    {
        value.Default("type", "Opaque");
        DefaultApplied(value);
    }

    public override void DefaultApplied(JsonObject value)
    {
        if (value.Child("stringData") is not { } plain)
            return;
        var data = value.Ensure("data");
        foreach (var (key, text) in plain)
            data[key] = Convert.ToBase64String(Encoding.UTF8.GetBytes((string?)text ?? ""));
        value.Remove("stringData");
    }

    public override void Validate(JsonObject value, FieldErrors errors)
    {
        DataKeys.Check(value, "data", errors);
        DataKeys.CheckBase64(value, "data", errors);
        DataKeys.CheckSize(value, errors);
        foreach (var key in RequiredKeys.GetValueOrDefault(value.Text("type") ?? "", []))
            if (value.At("data", key) is null)
                errors.Required($"data[{key}]");
    }

    public override void ValidateUpdate(JsonObject value, JsonObject old, FieldErrors errors)
    {
        DataKeys.CheckImmutable(value, old, errors);
        if (value.Text("type") != old.Text("type"))
            errors.Invalid("type", value.Text("type"), "field is immutable");
    }

    public override IReadOnlyDictionary<string, string> SelectableFields(JsonObject value) =>
        new Dictionary<string, string> { ["type"] = value.Text("type") ?? "" };
}
