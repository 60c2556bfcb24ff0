using System.Text.Json.Nodes;

namespace Tandem.Kubernetes.Resources.Schemas;

/// <summary>
/// Null is how some clients write "absent" (creationTimestamp: null); Go's decoder drops it, and so does this.
/// </summary>
internal static class Nulls
{
    public static void Remove(JsonNode value)
    {
        if (value is JsonObject o)
        {
            foreach (var (name, child) in o.ToList())
                if (child is null)
                    o.Remove(name);
                else
                    Remove(child);
        }
        else if (value is JsonArray a)
        {
            foreach (var child in a)
                if (child is not null)
                    Remove(child);
        }
    }
}
