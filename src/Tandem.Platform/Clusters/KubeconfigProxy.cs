using Tandem.Yaml;
using YamlDotNet.RepresentationModel;

namespace Tandem.Platform.Clusters;

/// <summary>The <c>proxy-url</c> of a kubeconfig's cluster, which the client library does not read.</summary>
/// <remarks><see href="https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/#proxy">Kubernetes: proxy</see>.</remarks>
internal static class KubeconfigProxy
{
    /// <param name="kubeconfig">The file's text.</param>
    /// <param name="context">The context; null for the current one.</param>
    /// <returns>The proxy; null where none is named, and the environment's is used.</returns>
    public static Uri? Of(string kubeconfig, string? context)
    {
        if (YamlText.Load(kubeconfig) is not [YamlMappingNode root])
            return null;
        var name = context ?? Text(root, "current-context");
        var cluster = Text(Named(root, "contexts", "context", name), "cluster");
        return Text(Named(root, "clusters", "cluster", cluster), "proxy-url") is { Length: > 0 } url ? new Uri(url) : null;
    }

    private static YamlMappingNode? Named(YamlMappingNode root, string list, string field, string? name) =>
        Child(root, list) is YamlSequenceNode items
            ? Child(items.Children.FirstOrDefault(i => Text(i, "name") == name), field) as YamlMappingNode : null;

    private static string? Text(YamlNode? node, string field) => (Child(node, field) as YamlScalarNode)?.Value;

    private static YamlNode? Child(YamlNode? node, string field) =>
        node is YamlMappingNode mapping && mapping.Children.TryGetValue(new YamlScalarNode(field), out var child) ? child : null;
}
