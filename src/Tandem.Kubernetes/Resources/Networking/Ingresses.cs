using System.Text.Json.Nodes;
using k8s.Models;
using Tandem.Kubernetes.Api.Errors;

namespace Tandem.Kubernetes.Resources.Networking;

internal sealed class Ingresses() : Resource("networking.k8s.io", "v1", "Ingress", "ingresses", typeof(V1Ingress))
{
    private static readonly string[] PathTypes = ["Exact", "ImplementationSpecific", "Prefix"];
    private static readonly string[] Sequences = ["//", "/./", "/../", "%2f", "%2F"];

    public override IReadOnlyList<string> ShortNames => ["ing"];

    public override bool HasStatus => true;

    public override IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.Name,
        TableColumn.Text("Class", o => o.Text("spec", "ingressClassName") ?? o.Text("metadata", "annotations", "kubernetes.io/ingress.class")),
        TableColumn.Text("Hosts", Hosts),
        new("Address", (o, _) => string.Join(',', o.Items("status", "loadBalancer", "ingress").Select(i => i.Text("ip") ?? i.Text("hostname")))),
        TableColumn.Text("Ports", o => o.Items("spec", "tls").Any() ? "80, 443" : "80"),
        TableColumn.Age,
    ];

    public override void PrepareForCreate(JsonObject value) => value["status"] = new JsonObject { ["loadBalancer"] = new JsonObject() };

    public override void Validate(JsonObject value, FieldErrors errors)
    {
        if (value.Child("spec", "defaultBackend") is { } fallback)
            Backend(fallback, "spec.defaultBackend", errors);
        var rules = value.Items("spec", "rules").ToList();
        if (rules.Count == 0 && value.Child("spec", "defaultBackend") is null)
            errors.Invalid("spec", value["spec"]?.DeepClone(), "either `defaultBackend` or `rules` must be specified");
        foreach (var (index, rule) in rules.Index())
        {
            var at = $"spec.rules[{index}]";
            if (rule.Text("host") is { Length: > 0 } host && !IsHost(host))
                errors.Invalid($"{at}.host", host, NameRule.Subdomain.Wording);
            if (rule.Child("http") is { } http && !http.Items("paths").Any())
                errors.Required($"{at}.http.paths");
            foreach (var (number, path) in rule.Items("http", "paths").Index())
                Path(path, $"{at}.http.paths[{number}]", errors);
        }
    }

    private static void Path(JsonObject path, string at, FieldErrors errors)
    {
        var type = path.Text("pathType");
        var text = path.Text("path") ?? "";
        if (type is null)
            errors.Required($"{at}.pathType", "pathType must be specified");
        else if (!PathTypes.Contains(type))
            errors.NotSupported($"{at}.pathType", type, PathTypes);
        if (type is "Exact" or "Prefix")
        {
            if (!text.StartsWith('/'))
                errors.Invalid($"{at}.path", text, "must be an absolute path");
            foreach (var sequence in Sequences)
                if (text.Contains(sequence, StringComparison.Ordinal))
                    errors.Invalid($"{at}.path", text, $"must not contain '{sequence}'");
        }

        if (path.Child("backend") is { } backend)
            Backend(backend, $"{at}.backend", errors);
        else
            errors.Required($"{at}.backend");
    }

    private static void Backend(JsonObject backend, string at, FieldErrors errors)
    {
        if (backend.Child("service") is not { } service)
        {
            if (backend.Child("resource") is null)
                errors.Required(at, "a default backend is required");
            return;
        }

        if (string.IsNullOrEmpty(service.Text("name")))
            errors.Required($"{at}.service.name");
        if (service.Text("port", "name") is null && service.Number("port", "number") is null)
            errors.Required($"{at}.service.port", "port name or number is required");
    }

    private static bool IsHost(string host) =>
        NameRule.Subdomain.Check(host.StartsWith("*.", StringComparison.Ordinal) ? host[2..] : host) is null && !System.Net.IPAddress.TryParse(host, out _);

    private static string Hosts(JsonObject ingress)
    {
        var hosts = ingress.Items("spec", "rules").Select(r => r.Text("host") is { Length: > 0 } h ? h : "*").ToList();
        return hosts.Count == 0 ? "*" : hosts.Count <= 3 ? string.Join(',', hosts) : $"{string.Join(',', hosts.Take(3))} + {hosts.Count - 3} more...";
    }
}
