using System.Text.Json.Nodes;
using Tandem.Kubernetes.Api.Errors;
using Tandem.Yaml;
using YamlDotNet.Core;

namespace Tandem.Kubernetes.Api.Content;

/// <summary>A body in YAML, as kube-apiserver reads it: one document, YAML 1.1.</summary>
internal static class YamlReader
{
    /// <exception cref="ApiException">400 for what is not YAML.</exception>
    public static JsonNode? Read(string text)
    {
        try
        {
            return YamlText.Load(text) is [var root, ..] ? YamlJson.Convert(root) : null;
        }
        catch (YamlException e)
        {
            throw ApiException.BadRequest($"error converting YAML to JSON: yaml: line {e.Start.Line}: {e.Message}");
        }
    }
}
