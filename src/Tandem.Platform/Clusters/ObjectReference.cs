using System.Text.Json.Nodes;

namespace Tandem.Platform.Clusters;

/// <summary>Which object.</summary>
/// <param name="ApiVersion">Such as apps/v1.</param>
/// <param name="Kind">Such as Deployment.</param>
/// <param name="Namespace">Null where there is none.</param>
/// <param name="Name">Its name.</param>
public sealed record ObjectReference(string ApiVersion, string Kind, string? Namespace, string Name)
{
    /// <summary>The API group; empty for the core's.</summary>
    public string Group => ApiVersion.Contains('/') ? ApiVersion[..ApiVersion.IndexOf('/', StringComparison.Ordinal)] : "";

    /// <summary>The same object, whatever version it is spoken of in.</summary>
    public ObjectKey Key => new(Group, Kind, Namespace ?? "", Name);

    /// <summary>The reference of an object.</summary>
    public static ObjectReference Of(JsonObject value) => new(
        (string?)value["apiVersion"] ?? "", (string?)value["kind"] ?? "", (string?)value["metadata"]?["namespace"], (string?)value["metadata"]?["name"] ?? "");

    /// <inheritdoc/>
    public override string ToString() => Key.ToString();
}

/// <summary>An object's identity: versions of an API are views of the same object.</summary>
/// <param name="Group">The API group; empty for the core's.</param>
/// <param name="Kind">Such as Deployment.</param>
/// <param name="Namespace">Empty where there is none.</param>
/// <param name="Name">Its name.</param>
public readonly record struct ObjectKey(string Group, string Kind, string Namespace, string Name)
{
    /// <inheritdoc/>
    public override string ToString() => Namespace.Length == 0 ? $"{Kind} {Name}" : $"{Kind} {Namespace}/{Name}";
}
