using System.Text.Json.Nodes;
using k8s.Models;
using Tandem.Kubernetes.Api.Errors;

namespace Tandem.Kubernetes.Resources.Core;

internal sealed class Pods() : Resource("", "v1", "Pod", "pods", typeof(V1Pod))
{
    private static readonly string[] MutableSpec =
        ["activeDeadlineSeconds", "tolerations", "terminationGracePeriodSeconds", "nodeName", "schedulingGates"];

    public override IReadOnlyList<string> ShortNames => ["po"];

    public override IReadOnlyList<string> Categories => ["all"];

    public override bool HasStatus => true;

    public override IReadOnlyList<Subresource> Subresources =>
    [
        new("attach", "PodAttachOptions", ["create", "get"]),
        new("binding", "Binding", ["create"]),
        new(EphemeralContainers.Name, "Pod", ["get", "patch", "update"]),
        new("eviction", "Eviction", ["create"], "policy", "v1"),
        new("exec", "PodExecOptions", ["create", "get"]),
        new("log", "Pod", ["get"]),
        new("portforward", "PodPortForwardOptions", ["create", "get"]),
    ];

    public override IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.Name,
        new("Ready", (o, _) => PodPrinter.Ready(o)),
        new("Status", (o, _) => PodPrinter.Status(o)),
        new("Restarts", (o, now) => PodPrinter.Restarts(o, now)),
        TableColumn.Age,
        TableColumn.Text("IP", o => o.Text("status", "podIP"), 1),
        TableColumn.Text("Node", o => o.Text("spec", "nodeName"), 1),
        TableColumn.Text("Nominated Node", o => o.Text("status", "nominatedNodeName"), 1),
        TableColumn.Text("Readiness Gates", o => null, 1),
    ];

    public override void Default(JsonObject value)
    {
        var spec = value.Ensure("spec");
        PodSpecDefaults.Apply(spec);
        spec.Default("enableServiceLinks", true);
    }

    public override void PrepareForCreate(JsonObject value)
    {
        value["status"] = new JsonObject { ["phase"] = "Pending", ["qosClass"] = PodQos.Of(value.Ensure("spec")) };
        var tolerations = value.Child("spec")!.At("tolerations") as JsonArray;
        if (tolerations is null)
            value["spec"]!["tolerations"] = tolerations = [];
        foreach (var taint in new[] { "node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable" })
            if (!tolerations.OfType<JsonObject>().Any(t => t.Text("key") == taint || (t.Text("key") is null && t.Text("operator") == "Exists")))
                tolerations.Add(new JsonObject { ["key"] = taint, ["operator"] = "Exists", ["effect"] = "NoExecute", ["tolerationSeconds"] = 300 });
    }

    public override void Validate(JsonObject value, FieldErrors errors)
    {
        if (value.Child("spec") is { } spec)
            PodSpecValidation.Check(spec, "spec", errors);
    }

    public override void ValidateCreate(JsonObject value, FieldErrors errors)
    {
        if (value.Items("spec", "ephemeralContainers").Any())
            errors.Forbidden("spec.ephemeralContainers", "cannot be set on create");
    }

    public override bool PrepareForPartialUpdate(string subresource, JsonObject value, JsonObject old)
    {
        if (subresource != EphemeralContainers.Name)
            return false;
        var wanted = value.At("spec", "ephemeralContainers")?.DeepClone();
        Keep("status", value, old);
        Keep("spec", value, old);
        value["spec"]!.AsObject().Remove("ephemeralContainers");
        if (wanted is not null)
            value["spec"]!["ephemeralContainers"] = wanted;
        return true;
    }

    public override void ValidatePartialUpdate(string subresource, JsonObject value, JsonObject old, FieldErrors errors)
    {
        if (subresource == EphemeralContainers.Name)
            EphemeralContainers.ValidateUpdate(value, old, errors);
    }

    public override void ValidateUpdate(JsonObject value, JsonObject old, FieldErrors errors)
    {
        if (!JsonNode.DeepEquals(Immutable(value), Immutable(old)))
            errors.Forbidden(
                "spec",
                "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)");
        if (old.Text("spec", "nodeName") is { Length: > 0 } node && value.Text("spec", "nodeName") != node)
            errors.Forbidden("spec.nodeName", "may not be changed once set");
    }

    public override IReadOnlyDictionary<string, string> SelectableFields(JsonObject value) => new Dictionary<string, string>
    {
        ["spec.nodeName"] = value.Text("spec", "nodeName") ?? "",
        ["spec.restartPolicy"] = value.Text("spec", "restartPolicy") ?? "",
        ["spec.schedulerName"] = value.Text("spec", "schedulerName") ?? "",
        ["spec.serviceAccountName"] = value.Text("spec", "serviceAccountName") ?? "",
        ["spec.hostNetwork"] = value.Flag("spec", "hostNetwork") ? "true" : "false",
        ["status.phase"] = value.Text("status", "phase") ?? "",
        ["status.podIP"] = value.Text("status", "podIP") ?? "",
        ["status.nominatedNodeName"] = value.Text("status", "nominatedNodeName") ?? "",
    };

    private static JsonObject Immutable(JsonObject pod)
    {
        var spec = pod.Child("spec")?.Copy() ?? [];
        foreach (var name in MutableSpec)
            spec.Remove(name);
        foreach (var container in spec.Items("containers").Concat(spec.Items("initContainers")))
            container.Remove("image");
        return spec;
    }
}
