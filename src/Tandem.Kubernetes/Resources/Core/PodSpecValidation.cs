using System.Text.Json.Nodes;
using Tandem.Kubernetes.Api.Errors;

namespace Tandem.Kubernetes.Resources.Core;

/// <summary>The rules of a pod's specification, for pods and for every template of pods.</summary>
internal static class PodSpecValidation
{
    private static readonly string[] Protocols = ["SCTP", "TCP", "UDP"];
    private static readonly string[] RestartPolicies = ["Always", "Never", "OnFailure"];
    private static readonly string[] PullPolicies = ["Always", "IfNotPresent", "Never"];
    private static readonly string[] DnsPolicies = ["ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"];

    public static void Check(JsonObject spec, string at, FieldErrors errors)
    {
        if (!spec.Items("containers").Any())
            errors.Required($"{at}.containers");
        if (spec.Text("restartPolicy") is { } restart && !RestartPolicies.Contains(restart))
            errors.NotSupported($"{at}.restartPolicy", restart, RestartPolicies);
        if (spec.Text("dnsPolicy") is { } dns && !DnsPolicies.Contains(dns))
            errors.NotSupported($"{at}.dnsPolicy", dns, DnsPolicies);

        var volumes = Volumes(spec, at, errors);
        var names = new HashSet<string>();
        foreach (var list in new[] { "initContainers", "containers" })
            foreach (var (index, container) in spec.Items(list).Index())
                Container(container, $"{at}.{list}[{index}]", names, volumes, spec.Flag("hostNetwork"), errors);
        EphemeralContainers.Check(spec, at, volumes, errors);
        SecurityContextValidation.Check(spec, at, errors);
        if (at != "spec" && spec.Items("ephemeralContainers").Any())
            errors.Forbidden($"{at}.ephemeralContainers", "ephemeral containers not allowed in pod template");
    }

    private static HashSet<string> Volumes(JsonObject spec, string at, FieldErrors errors)
    {
        var names = new HashSet<string>();
        foreach (var (index, volume) in spec.Items("volumes").Index())
        {
            var path = $"{at}.volumes[{index}]";
            var name = volume.Text("name") ?? "";
            if (name.Length == 0)
                errors.Required($"{path}.name");
            else if (NameRule.Label.Check(name) is { } wrong)
                errors.Invalid($"{path}.name", name, wrong);
            if (!names.Add(name))
                errors.Duplicate($"{path}.name", name);
            if (volume.Count(f => f.Value is not null) > 2)
                errors.Forbidden(path, "may not specify more than 1 volume type");
        }

        return names;
    }

    /// <summary>What holds for a container of any sort.</summary>
    public static void Container(
        JsonObject container, string at, HashSet<string> names, HashSet<string> volumes, bool hostNetwork, FieldErrors errors)
    {
        var name = container.Text("name") ?? "";
        if (name.Length == 0)
            errors.Required($"{at}.name");
        else if (NameRule.Label.Check(name) is { } wrong)
            errors.Invalid($"{at}.name", name, wrong);
        else if (!names.Add(name))
            errors.Duplicate($"{at}.name", name);

        if (string.IsNullOrWhiteSpace(container.Text("image")))
            errors.Required($"{at}.image");
        if (container.Text("imagePullPolicy") is { } pull && !PullPolicies.Contains(pull))
            errors.NotSupported($"{at}.imagePullPolicy", pull, PullPolicies);

        foreach (var (index, port) in container.Items("ports").Index())
        {
            var path = $"{at}.ports[{index}]";
            Port(port.Number("containerPort"), $"{path}.containerPort", errors);
            if (port.Number("hostPort") is { } host and not 0)
            {
                Port(host, $"{path}.hostPort", errors);
                if (hostNetwork && host != port.Number("containerPort"))
                    errors.Invalid($"{path}.hostPort", host, "must match `containerPort` when `hostNetwork` is true");
            }

            if (port.Text("protocol") is { } protocol && !Protocols.Contains(protocol))
                errors.NotSupported($"{path}.protocol", protocol, Protocols);
        }

        VolumeMountValidation.Check(container, at, volumes, errors);
        Resources(container, at, errors);
        foreach (var probe in new[] { "startupProbe", "livenessProbe", "readinessProbe" })
            if (container.Child(probe) is { } p)
                Probe(p, $"{at}.{probe}", errors);
    }

    private static void Resources(JsonObject container, string at, FieldErrors errors)
    {
        foreach (var kind in new[] { "limits", "requests" })
            foreach (var (name, value) in container.Child("resources", kind) ?? [])
                if (Quantity.Parse(value) is null)
                    errors.Invalid($"{at}.resources.{kind}[{name}]", value, "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
                else if (kind == "requests"
                    && Quantity.Parse(container.At("resources", "limits", name)) is { } limit
                    && Quantity.Parse(value) > limit)
                    errors.Invalid($"{at}.resources.requests", value, $"must be less than or equal to {name} limit of {container.At("resources", "limits", name)}");
    }

    private static void Probe(JsonObject probe, string at, FieldErrors errors)
    {
        var handlers = new[] { "exec", "httpGet", "tcpSocket", "grpc" }.Count(h => probe[h] is not null);
        if (handlers == 0)
            errors.Required(at, "must specify a handler type");
        else if (handlers > 1)
            errors.Forbidden(at, "may not specify more than 1 handler type");
        foreach (var field in new[] { "initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold" })
            if (probe.Number(field) is < 0)
                errors.Invalid($"{at}.{field}", probe.At(field)?.DeepClone(), "must be greater than or equal to 0");
        if (!at.EndsWith("readinessProbe", StringComparison.Ordinal) && probe.Number("successThreshold") is > 1)
            errors.Invalid($"{at}.successThreshold", probe.At("successThreshold")?.DeepClone(), "must be 1");
    }

    private static void Port(long? port, string at, FieldErrors errors)
    {
        if (port is null)
            errors.Required(at);
        else if (port is < 1 or > 65535)
            errors.Invalid(at, port, "must be between 1 and 65535, inclusive");
    }
}
