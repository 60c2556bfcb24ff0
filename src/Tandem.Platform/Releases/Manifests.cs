using Tandem.Yaml;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Tandem.Platform.Releases;

/// <summary>Reads manifests, and knows in which order their objects are applied.</summary>
public static class Manifests
{
    /// <summary>What has to exist before what: namespaces, definitions, policies, rights, configuration. Workloads and all that is not named come next, Ingresses last.</summary>
    private static readonly string[][] Order =
    [
        ["Namespace"],
        ["CustomResourceDefinition"],
        ["NetworkPolicy", "ResourceQuota", "LimitRange", "PriorityClass", "StorageClass", "IngressClass", "PersistentVolume"],
        ["ServiceAccount", "ClusterRole", "Role"],
        ["ClusterRoleBinding", "RoleBinding"],
        ["Secret", "ConfigMap", "PersistentVolumeClaim", "Service"],
    ];

    /// <summary>The documents of one text.</summary>
    /// <param name="text">YAML or JSON.</param>
    /// <param name="name">For messages.</param>
    /// <exception cref="ManifestException">It is not a manifest.</exception>
    public static IReadOnlyList<JsonObject> Parse(string text, string name)
    {
        try
        {
            return [.. YamlText.Load(text).Where(d => d is not YamlScalarNode { Value: null or "", Style: ScalarStyle.Plain }).SelectMany(d => Objects(d, name))];
        }
        catch (YamlException e)
        {
            throw new ManifestException($"{name}:{e.Start.Line}:{e.Start.Column}: {e.Message}");
        }
    }

    /// <summary>Sorts by kind, and keeps the order otherwise.</summary>
    public static IReadOnlyList<JsonObject> InOrder(IEnumerable<JsonObject> objects) => [.. objects.OrderBy(o => Rank(o))];

    /// <summary>Where an object comes in the order: those of the same rank do not need each other.</summary>
    internal static int Rank(JsonObject value) => Rank((string?)value["kind"] ?? "");

    internal static int Rank(string kind)
    {
        var rank = Array.FindIndex(Order, kinds => kinds.Contains(kind));
        return rank >= 0 ? rank : kind == "Ingress" ? Order.Length + 1 : Order.Length;
    }

    /// <summary>The object of a document, or those of a List.</summary>
    private static IEnumerable<JsonObject> Objects(YamlNode document, string name)
    {
        var at = $"{name}:{document.Start.Line}:{document.Start.Column}";
        if (YamlJson.Convert(document) is not JsonObject value)
            throw new ManifestException($"{at}: the document is not a mapping");
        if ((Text(value["kind"]), Text(value["apiVersion"])) is not ("List", "v1"))
            return [Checked(value, at)];
        return value["items"] is JsonArray items
            ? items.Select((item, i) => item is JsonObject o
                ? Checked(o.DeepClone().AsObject(), $"{at}: items[{i}]")
                : throw new ManifestException($"{at}: items[{i}] is not a mapping")).ToList()
            : throw new ManifestException($"{at}: the List has no items");
    }

    private static JsonObject Checked(JsonObject value, string at)
    {
        foreach (var field in new[] { "apiVersion", "kind" })
            if (Text(value[field]) is not { Length: > 0 })
                throw new ManifestException($"{at}: the document has no {field}");
        if (Text((value["metadata"] as JsonObject)?["name"]) is not { Length: > 0 })
            throw new ManifestException($"{at}: the {(string?)value["kind"]} has no metadata.name");
        return value;
    }

    private static string? Text(JsonNode? value) => value is JsonValue scalar && scalar.TryGetValue(out string? text) ? text : null;
}

/// <summary>A file that is not a manifest.</summary>
public sealed class ManifestException(string message) : Exception(message);
