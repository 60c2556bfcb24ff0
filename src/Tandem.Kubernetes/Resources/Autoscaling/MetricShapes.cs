using System.Text.Json.Nodes;

namespace Tandem.Kubernetes.Resources.Autoscaling;

/// <summary>Metrics as autoscaling/v1 writes them into annotations: what v2 nests, v1 has side by side.</summary>
internal static class MetricShapes
{
    public static JsonObject CpuUtilization(string field, long percent)
    {
        var value = new JsonObject { ["averageUtilization"] = percent };
        if (field == "target")
            value.Insert(0, "type", "Utilization");
        return new JsonObject { ["type"] = "Resource", ["resource"] = new JsonObject { ["name"] = "cpu", [field] = value } };
    }

    public static JsonObject SpecToV1(JsonObject metric) => ToV1(metric, "target");

    public static JsonObject StatusToV1(JsonObject metric) => ToV1(metric, "current");

    public static JsonObject SpecToV2(JsonObject metric) => ToV2(metric, "target");

    public static JsonObject StatusToV2(JsonObject metric) => ToV2(metric, "current");

    /// <summary>The behavior as its annotation has it: with the names of the fields in Go.</summary>
    public static JsonNode? Capitalised(JsonNode? value) => Renamed(value, n => char.ToUpperInvariant(n[0]) + n[1..]);

    public static JsonNode? Uncapitalised(JsonNode? value) => Renamed(value, n => char.ToLowerInvariant(n[0]) + n[1..]);

    private static JsonObject ToV1(JsonObject metric, string amounts)
    {
        if (MetricTargets.SourceOf(metric.Text("type")) is not { } field || metric.Child(field) is not { } source)
            return metric.Copy();
        var flat = new JsonObject();
        foreach (var (name, value) in source)
        {
            switch (name)
            {
                case "metric":
                    flat["metricName"] = value.Text("name");
                    if (value.At("selector") is { } selector)
                        flat[SelectorName(field)] = selector.DeepClone();
                    break;
                case "describedObject":
                    flat["target"] = value?.DeepClone();
                    break;
                case var _ when name == amounts:
                    foreach (var (amount, number) in value!.AsObject().Where(a => a.Key != "type"))
                        flat[FlatName(field, amount, amounts)] = number?.DeepClone();
                    break;
                default:
                    flat[name] = value?.DeepClone();
                    break;
            }
        }

        return new JsonObject { ["type"] = metric.Text("type"), [field] = flat };
    }

    private static JsonObject ToV2(JsonObject metric, string amounts)
    {
        if (MetricTargets.SourceOf(metric.Text("type")) is not { } field || metric.Child(field) is not { } flat)
            return metric.Copy();
        var source = new JsonObject();
        var nested = new JsonObject();
        foreach (var (name, value) in flat)
        {
            if (Amounts.FirstOrDefault(a => FlatName(field, a, amounts) == name) is { } amount)
                nested[amount] = value?.DeepClone();
            else if (name == "metricName")
                source.Ensure("metric")["name"] = value?.DeepClone();
            else if (name is "selector" or "metricSelector")
                source.Ensure("metric")["selector"] = value?.DeepClone();
            else
                source[name == "target" && field == "object" ? "describedObject" : name] = value?.DeepClone();
        }

        if (amounts == "target")
            nested.Insert(0, "type", nested["averageUtilization"] is not null ? "Utilization" : nested["averageValue"] is not null ? "AverageValue" : "Value");
        source[amounts] = nested;
        return new JsonObject { ["type"] = metric.Text("type"), [field] = source };
    }

    private static readonly string[] Amounts = ["value", "averageValue", "averageUtilization"];

    private static string SelectorName(string field) => field == "external" ? "metricSelector" : "selector";

    /// <summary>Such as targetAverageValue; an object's average has no prefix.</summary>
    private static string FlatName(string field, string amount, string prefix) =>
        field == "object" && amount == "averageValue" ? amount : prefix + char.ToUpperInvariant(amount[0]) + amount[1..];

    private static JsonNode? Renamed(JsonNode? value, Func<string, string> rename) => value switch
    {
        JsonObject o => new JsonObject(o.Where(f => f.Value is not null).Select(f => KeyValuePair.Create(rename(f.Key), Renamed(f.Value, rename)))),
        JsonArray a => new JsonArray([.. a.Select(i => Renamed(i, rename))]),
        _ => value?.DeepClone(),
    };
}
