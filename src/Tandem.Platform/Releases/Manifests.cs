using Tandem.Yaml;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Tandem.Platform.Releases;

/// <summary>Reads manifests: YAML or JSON files, and folders of them.</summary>
public static class Manifests
{
    private static readonly string[] Extensions = [".yaml", ".yml", ".json"];

    /// <summary>What has to exist before what; all other kinds come between the last two.</summary>
    private static readonly string[] Order =
    [
        "Namespace", "CustomResourceDefinition", "StorageClass", "ServiceAccount", "ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding", "NetworkPolicy",
        "ResourceQuota", "LimitRange", "Secret", "ConfigMap", "IngressClass", "PersistentVolumeClaim", "Service",
    ];

    /// <summary>All objects below some files and folders, in the order to apply them in.</summary>
    /// <exception cref="ManifestException">A file is not a manifest.</exception>
    public static IReadOnlyList<JsonObject> Load(IEnumerable<string> paths) => InOrder(
        paths.SelectMany<string, string>(p => Directory.Exists(p)
            ? Directory.EnumerateFiles(p, "*", SearchOption.AllDirectories).Where(f => Extensions.Contains(Path.GetExtension(f))).Order(StringComparer.Ordinal)
            : [p]).SelectMany(f => Parse(File.ReadAllText(f), f)));

    /// <summary>The documents of one text.</summary>
    /// <param name="text">YAML or JSON.</param>
    /// <param name="name">For messages.</param>
    /// <exception cref="ManifestException">It is not a manifest.</exception>
    public static IReadOnlyList<JsonObject> Parse(string text, string name)
    {
        try
        {
            return [.. YamlText.Load(text).Where(d => d is not YamlScalarNode { Value: null or "", Style: ScalarStyle.Plain }).Select(d => Checked(d, name))];
        }
        catch (YamlException e)
        {
            throw new ManifestException($"{name}:{e.Start.Line}:{e.Start.Column}: {e.Message}");
        }
    }

    /// <summary>Sorts by kind, and keeps the order otherwise.</summary>
    public static IReadOnlyList<JsonObject> InOrder(IEnumerable<JsonObject> objects) => [.. objects.OrderBy(Rank)];

    private static int Rank(JsonObject value)
    {
        var kind = (string?)value["kind"] ?? "";
        var rank = Array.IndexOf(Order, kind);
        return rank >= 0 ? rank : kind == "Ingress" ? Order.Length + 1 : Order.Length;
    }

    private static JsonObject Checked(YamlNode document, string name)
    {
        var at = $"{name}:{document.Start.Line}:{document.Start.Column}";
        if (YamlJson.Convert(document) is not JsonObject value)
            throw new ManifestException($"{at}: the document is not a mapping");
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
