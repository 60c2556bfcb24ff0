using System.Text.Json.Nodes;

namespace Tandem.Kubernetes.Storage;

/// <summary>The labels and selectable fields of an object, taken out once so that selectors need not parse it.</summary>
internal sealed record ObjectFacts(IReadOnlyDictionary<string, string> Labels, IReadOnlyDictionary<string, string> Fields)
{
    private static readonly Dictionary<string, string> None = [];

    public static IReadOnlyDictionary<string, string> LabelsOf(JsonObject metadata) =>
        metadata["labels"] is JsonObject { Count: > 0 } labels
            ? labels.ToDictionary(l => l.Key, l => (string?)l.Value ?? "")
            : None;
}
