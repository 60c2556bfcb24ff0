using System.Text;
using System.Text.Json.Nodes;
using Tandem.Kubernetes;
using Tandem.Kubernetes.Api.Apply;
using Tandem.Kubernetes.Api.Content;
using Tandem.Kubernetes.Api.Content.Protobuf;
using Tandem.Kubernetes.Api.Errors;
using Tandem.Kubernetes.Api.Patch;
using Tandem.Kubernetes.Resources;
using Tandem.Kubernetes.Resources.Schemas;

namespace Tandem.Fuzz.Kubernetes;

/// <summary>
/// Any bytes as the body of a request to the Kubernetes API. The first byte says as what: protobuf, YAML, JSON, or a patch of one
/// of four forms. Whatever they are, they are either refused in one of the ways that become a Status, or what they give is
/// defaulted and validated without a surprise.
/// </summary>
public static class BodyTarget
{
    private static readonly Resource Deployments = ResourceCatalog.ByPlural("deployments");

    private static readonly JsonObject Live = YamlReader.Read("""
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: web, namespace: default, labels: { a: b } }
        spec:
          replicas: 2
          selector: { matchLabels: { app: web } }
          template:
            metadata: { labels: { app: web } }
            spec:
              containers:
              - { name: c, image: "nginx:1", args: [ a, b ], ports: [ { containerPort: 80 } ], env: [ { name: A, value: "1" } ] }
              volumes: [ { name: v, emptyDir: {} } ]
        """)!.AsObject();

    /// <summary>Tries one input.</summary>
    public static void Run(byte[] input)
    {
        if (input.Length == 0)
            return;
        var body = input[1..];
        try
        {
            if (Decode(input[0] % 7, body) is { } value)
                Accept(value);
        }
        catch (Exception e) when (e is ApiException or TypedPatchException or WrongTypeException or InvalidDataException)
        {
            // Refused, as bad input is.
        }
    }

    private static JsonNode? Decode(int form, byte[] body) => form switch
    {
        0 => ProtobufDecoder.DecodeEnvelope(body),
        1 => YamlReader.Read(Encoding.UTF8.GetString(body)),
        2 => RequestBody.Parse(body, "Deployment", ""),
        3 when RequestBody.Parse(body, "patch", "") is JsonArray steps => JsonPatch.Apply(Live.Copy(), steps),
        4 when RequestBody.Parse(body, "patch", "") is JsonObject patch => JsonMergePatch.Apply(Live.Copy(), patch),
        5 when RequestBody.Parse(body, "patch", "") is JsonObject patch => StrategicMergePatch.Apply(Live.Copy(), patch, Deployments.Schema),
        6 when YamlReader.Read(Encoding.UTF8.GetString(body)) is JsonObject applied => Applied(applied),
        _ => null,
    };

    private static JsonObject Applied(JsonObject patch)
    {
        Deployments.Prune(patch.Copy());
        return ServerSideApply.Apply(Live.Copy(), patch, Deployments.Schema, new Manager("fuzz", Manager.Apply, "apps/v1", ""), true, "2000-01-01T00:00:00Z");
    }

    /// <summary>What a creation does with a decoded object of whatever kind it says it is.</summary>
    private static void Accept(JsonNode value)
    {
        if (value is not JsonObject o)
            return;
        var resource = ResourceCatalog.All.FirstOrDefault(r => r.Kind == o.Text("kind") && r.IsStored) ?? Deployments;
        resource.Prune(o);
        o.Ensure("metadata");
        resource.PrepareForCreate(o);
        resource.Default(o);
        resource.Validate(o, new FieldErrors());
        Storage(o);
    }

    private static void Storage(JsonObject value)
    {
        var read = JsonNode.Parse(Tandem.Kubernetes.Storage.Utf8Json.Write(value));
        FindException.Unless(JsonNode.DeepEquals(read, value), "what is stored reads differently");
    }
}
