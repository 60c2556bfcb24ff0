using System.Text.Json.Nodes;
using k8s.Models;
using Tandem.Kubernetes.Api.Errors;

namespace Tandem.Kubernetes.Resources.Core;

internal sealed class Services() : Resource("", "v1", "Service", "services", typeof(V1Service))
{
    private static readonly string[] Types = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"];
    private static readonly string[] Protocols = ["SCTP", "TCP", "UDP"];

    public override IReadOnlyList<string> ShortNames => ["svc"];

    public override IReadOnlyList<string> Categories => ["all"];

    public override bool HasStatus => true;

    public override bool HasGeneration => false;

    public override NameRule NameRule => NameRule.Dns1035;

    public override IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.Name,
        TableColumn.Text("Type", o => o.Text("spec", "type")),
        TableColumn.Text("Cluster-IP", o => o.Text("spec", "clusterIP")),
        TableColumn.Text("External-IP", ExternalAddress),
        TableColumn.Text("Port(s)", o => string.Join(',', o.Items("spec", "ports").Select(Port))),
        TableColumn.Age,
        TableColumn.Text("Selector", o => string.Join(',', (o.Child("spec", "selector") ?? []).Select(l => $"{l.Key}={l.Value}")), 1),
    ];

    public override void Default(JsonObject value)
    {
        var spec = value.Ensure("spec");
        spec.Default("type", "ClusterIP");
        spec.Default("sessionAffinity", "None");
        if (spec.Text("sessionAffinity") == "ClientIP")
            spec.Ensure("sessionAffinityConfig").Ensure("clientIP").Default("timeoutSeconds", 10800);
        foreach (var port in spec.Items("ports"))
        {
            port.Default("protocol", "TCP");
            if (port.Number("port") is { } number && spec.Text("clusterIP") != "None")
                port.Default("targetPort", number);
            else if (port.Number("port") is { } headless)
                port.Default("targetPort", headless);
        }

        if (spec.Text("type") == "ExternalName")
            return;
        spec.Default("internalTrafficPolicy", "Cluster");
        spec.Default("ipFamilyPolicy", "SingleStack");
        spec.Default("ipFamilies", new JsonArray("IPv4"));
        if (spec.Text("type") is "NodePort" or "LoadBalancer")
            spec.Default("externalTrafficPolicy", "Cluster");
        if (spec.Text("type") == "LoadBalancer")
            spec.Default("allocateLoadBalancerNodePorts", true);
    }

    public override void PrepareForCreate(JsonObject value) => value["status"] = new JsonObject { ["loadBalancer"] = new JsonObject() };

    public override void PrepareForUpdate(JsonObject value, JsonObject old)
    {
        base.PrepareForUpdate(value, old);

        // Clients that send back what they once wrote do not know the addresses that were allocated.
        if (value.Child("spec") is not { } spec || spec.Text("type") == "ExternalName")
            return;
        foreach (var field in new[] { "clusterIP", "clusterIPs" })
            if (spec[field] is null && old.At("spec", field) is { } kept)
                spec[field] = kept.DeepClone();
        foreach (var port in spec.Items("ports").Where(_ => spec.Text("type") is "NodePort" or "LoadBalancer"))
            if (port["nodePort"] is null
                && old.Items("spec", "ports").FirstOrDefault(p => p.Number("port") == port.Number("port") && p.Text("protocol") == port.Text("protocol"))
                    .Number("nodePort") is { } nodePort)
                port["nodePort"] = nodePort;
    }

    public override void Validate(JsonObject value, FieldErrors errors)
    {
        var spec = value.Child("spec") ?? [];
        var type = spec.Text("type") ?? "";
        if (!Types.Contains(type))
            errors.NotSupported("spec.type", type, Types);
        if (type == "ExternalName" && string.IsNullOrEmpty(spec.Text("externalName")))
            errors.Required("spec.externalName");
        var ports = spec.Items("ports").ToList();
        if (ports.Count == 0 && type != "ExternalName" && spec.Text("clusterIP") != "None")
            errors.Required("spec.ports");
        foreach (var (index, port) in ports.Index())
            CheckPort(port, $"spec.ports[{index}]", ports.Count > 1, errors);
        foreach (var duplicate in ports.GroupBy(p => p.Text("name") ?? "").Where(g => g.Key.Length > 0 && g.Count() > 1))
            errors.Duplicate("spec.ports.name", duplicate.Key);
        if (spec.Number("healthCheckNodePort") is { } health and not 0)
            errors.Invalid("spec.healthCheckNodePort", health, "is not served: there is one node, and no balancer before it that would ask which nodes have endpoints");
        if (spec.Text("clusterIP") is { Length: > 0 } address and not "None" && !System.Net.IPAddress.TryParse(address, out _))
            errors.Invalid("spec.clusterIPs[0]", address, "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)");
    }

    public override void ValidateUpdate(JsonObject value, JsonObject old, FieldErrors errors)
    {
        if (value.Text("spec", "type") != "ExternalName"
            && old.Text("spec", "type") != "ExternalName"
            && old.Text("spec", "clusterIP") is { Length: > 0 } address
            && value.Text("spec", "clusterIP") != address)
            errors.Invalid("spec.clusterIPs[0]", value.Text("spec", "clusterIP"), "may not change once set");
    }

    public override IReadOnlyDictionary<string, string> SelectableFields(JsonObject value) => new Dictionary<string, string>
    {
        ["spec.clusterIP"] = value.Text("spec", "clusterIP") ?? "",
        ["spec.type"] = value.Text("spec", "type") ?? "",
    };

    private static void CheckPort(JsonObject port, string at, bool named, FieldErrors errors)
    {
        if (port.Number("port") is not { } number)
            errors.Required($"{at}.port");
        else if (number is < 1 or > 65535)
            errors.Invalid($"{at}.port", number, "must be between 1 and 65535, inclusive");
        if (named && string.IsNullOrEmpty(port.Text("name")))
            errors.Required($"{at}.name");
        if (port.Text("protocol") is { } protocol && !Protocols.Contains(protocol))
            errors.NotSupported($"{at}.protocol", protocol, Protocols);
        if (port.Number("nodePort") is { } nodePort and not 0 and (< 30000 or > 32767))
            errors.Invalid($"{at}.nodePort", nodePort, "provided port is not in the valid range. The range of valid ports is 30000-32767");
    }

    private static string Port(JsonObject port) => port.Number("nodePort") is { } node and not 0
        ? $"{port.Number("port")}:{node}/{port.Text("protocol")}"
        : $"{port.Number("port")}/{port.Text("protocol")}";

    private static string? ExternalAddress(JsonObject service) => service.Text("spec", "type") switch
    {
        "ExternalName" => service.Text("spec", "externalName"),
        "LoadBalancer" when !service.Items("status", "loadBalancer", "ingress").Any() => "<pending>",
        "LoadBalancer" => string.Join(',', service.Items("status", "loadBalancer", "ingress").Select(i => i.Text("ip") ?? i.Text("hostname"))),
        _ => string.Join(',', service.Texts("spec", "externalIPs")),
    };
}
