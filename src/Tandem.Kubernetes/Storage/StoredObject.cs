using System.Text.Json.Nodes;
using Tandem.Kubernetes.Resources;

namespace Tandem.Kubernetes.Storage;

/// <summary>An object at one revision, as the bytes that are sent to clients. Immutable.</summary>
internal sealed class StoredObject
{
    private StoredObject(string @namespace, string name, string uid, long revision, byte[] json, ObjectFacts facts)
    {
        Uid = uid;
        Namespace = @namespace;
        Name = name;
        Revision = revision;
        Json = json;
        Facts = facts;
    }

    /// <summary>Empty for what is not in a namespace.</summary>
    public string Namespace { get; }

    public string Name { get; }

    /// <summary>Tells it apart from others that had its name before.</summary>
    public string Uid { get; }

    /// <summary>etcd's modification revision; for a deleted object that of the deletion.</summary>
    public long Revision { get; }

    /// <summary>The whole object in UTF-8 JSON, with its resourceVersion.</summary>
    public byte[] Json { get; }

    /// <summary>What selectors look at.</summary>
    public ObjectFacts Facts { get; }

    /// <summary>A fresh copy that the caller may change.</summary>
    public JsonObject Parse() => JsonNode.Parse(Json)!.AsObject();

    /// <summary>A fresh copy in one of the kind's versions.</summary>
    public JsonObject Parse(Resource version) => version.FromStorage(Parse());

    /// <summary>The whole object in one of the kind's versions: the same bytes where that is the stored one.</summary>
    public byte[] JsonIn(Resource version) => version.Storage == version ? Json : Utf8Json.Write(Parse(version));

    public static StoredObject From(JsonObject value, long revision, Func<JsonObject, IReadOnlyDictionary<string, string>> fields)
    {
        var metadata = value["metadata"]!.AsObject();
        metadata["resourceVersion"] = revision.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return new StoredObject(
            (string?)metadata["namespace"] ?? "",
            (string)metadata["name"]!,
            (string?)metadata["uid"] ?? "",
            revision,
            Utf8Json.Write(value),
            new ObjectFacts(ObjectFacts.LabelsOf(metadata), fields(value)));
    }

    /// <summary>The same object as a DELETED event shows it: with the revision of the deletion.</summary>
    public StoredObject At(long revision)
    {
        var value = Parse();
        value["metadata"]!["resourceVersion"] = revision.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return new StoredObject(Namespace, Name, Uid, revision, Utf8Json.Write(value), Facts);
    }
}
