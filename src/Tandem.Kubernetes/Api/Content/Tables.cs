using System.Text.Json.Nodes;
using Tandem.Kubernetes.Resources;

namespace Tandem.Kubernetes.Api.Content;

/// <summary>meta.k8s.io/v1 Table and PartialObjectMetadata.</summary>
internal static class Tables
{
    /// <param name="resource">The kind of the rows.</param>
    /// <param name="objects">One a row.</param>
    /// <param name="resourceVersion">Of the table; null leaves it out.</param>
    /// <param name="includeObject">None, Metadata or Object: what each row carries beside its cells.</param>
    /// <param name="time">For ages.</param>
    /// <param name="withColumns">Whether to describe the columns: only the first table of a watch does.</param>
    public static JsonObject Of(
        Resource resource, IEnumerable<JsonObject> objects, string? resourceVersion, string includeObject, TimeProvider time, bool withColumns = true)
    {
        var now = time.GetUtcNow();
        var metadata = new JsonObject();
        if (resourceVersion is not null)
            metadata["resourceVersion"] = resourceVersion;
        return new JsonObject
        {
            ["kind"] = "Table",
            ["apiVersion"] = "meta.k8s.io/v1",
            ["metadata"] = metadata,
            ["columnDefinitions"] = withColumns ? new JsonArray([.. resource.Columns.Select(Column)]) : new JsonArray(),
            ["rows"] = new JsonArray([.. objects.Select(o => Row(resource, o, includeObject, now))]),
        };
    }

    public static JsonObject Metadata(JsonObject value) => new()
    {
        ["kind"] = "PartialObjectMetadata",
        ["apiVersion"] = "meta.k8s.io/v1",
        ["metadata"] = value["metadata"]?.DeepClone(),
    };

    private static JsonObject Column(TableColumn column) => new()
    {
        ["name"] = column.Title,
        ["type"] = column.Type,
        ["format"] = column.Format,
        ["description"] = column.Description,
        ["priority"] = column.Priority,
    };

    private static JsonObject Row(Resource resource, JsonObject value, string includeObject, DateTimeOffset now)
    {
        var row = new JsonObject { ["cells"] = new JsonArray([.. resource.Columns.Select(c => c.Value(value, now))]) };
        if (includeObject == "Object")
            row["object"] = value.DeepClone();
        else if (includeObject == "Metadata")
            row["object"] = Metadata(value);
        return row;
    }
}
