using System.Text.Json.Nodes;

namespace Tandem.Platform.Clusters;

/// <summary>Which object.</summary>
/// <param name="ApiVersion">Such as apps/v1.</param>
/// <param name="Kind">Such as Deployment.</param>
/// <param name="Namespace">Null where there is none.</param>
/// <param name="Name">Its name.</param>
public sealed record ObjectReference(string ApiVersion, string Kind, string? Namespace, string Name)
{
    /// <summary>The reference of an object.</summary>
    public static ObjectReference Of(JsonObject value) => new(
        (string?)value["apiVersion"] ?? "", (string?)value["kind"] ?? "", (string?)value["metadata"]?["namespace"], (string?)value["metadata"]?["name"] ?? "");

    /// <inheritdoc/>
    public override string ToString() => Namespace is null ? $"{Kind} {Name}" : $"{Kind} {Namespace}/{Name}";
}
