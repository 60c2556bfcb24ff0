using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using k8s.Models;
using Tandem.Platform.Releases;

namespace Tandem.Platform.Parity.Live;

/// <summary>Reduces objects to what parity is judged by.</summary>
/// <param name="hash">The same for both clusters.</param>
public sealed class LiveReader(DataHash hash)
{
    /// <summary>Reduces an object of a list or a watch.</summary>
    /// <param name="apiVersion">Its apiVersion, which lists leave out.</param>
    /// <param name="kind">Its kind.</param>
    /// <param name="element">The object; nothing of it is kept.</param>
    public LiveObject Read(string apiVersion, string kind, JsonElement element)
    {
        var value = JsonObject.Create(element)!;
        value["kind"] = kind;
        var metadata = value["metadata"];
        return new LiveObject
        {
            ApiVersion = apiVersion,
            Kind = kind,
            Metadata = new V1ObjectMeta
            {
                Name = (string?)metadata?["name"],
                NamespaceProperty = (string?)metadata?["namespace"],
                Uid = (string?)metadata?["uid"],
                ResourceVersion = (string?)metadata?["resourceVersion"],
            },
            Facts = Facts(kind, value),
        };
    }

    private LiveFacts Facts(string kind, JsonObject value) => new()
    {
        Hash = (string?)value["metadata"]?["annotations"]?[ApplySet.HashAnnotation],
        Owned = OwnedFields.Of(value),
        Data = kind is "Secret" or "ConfigMap" ? hash.Of(value) : null,
        Served = kind == "CustomResourceDefinition" ? ServedBy(value) : null,
        Workload = Readiness.IsWorkload(value) ? Workload(kind, value) : null,
        Pod = kind == "Pod" ? Pod(value) : null,
        Node = kind == "Node" ? Node(value) : null,
        Certificate = kind == "Secret" && value["data"]?["tls.crt"] is { } text ? CertificateText.Read((string?)text) : null,
        ChangedAt = ChangedAt(value),
    };

    private static LiveWorkload Workload(string kind, JsonObject value)
    {
        var (status, spec) = (value["status"], value["spec"]);
        var (wanted, exists, ready) = kind == "DaemonSet"
            ? (Number(status?["desiredNumberScheduled"]), Number(status?["currentNumberScheduled"]), Number(status?["numberReady"]))
            : (Number(spec?["replicas"], 1), Number(status?["replicas"]), Number(status?["readyReplicas"]));
        return new LiveWorkload(wanted, exists, ready, Readiness.Missing(value), Resources.OfPod(spec?["template"]?["spec"]));
    }

    private static LivePod Pod(JsonObject value) => (string?)value["status"]?["phase"] is "Succeeded" or "Failed"
        ? new LivePod(new Resources(), [])
        : new LivePod(Resources.OfPod(value["spec"]), [.. ImageDigests.Of(value)]);

    private static LiveNode Node(JsonObject value) => new(
        !((bool?)value["spec"]?["unschedulable"] ?? false) && Readiness.IsTrue(value, "Ready"),
        Resources.Of(value["status"]?["allocatable"]));

    private static string ServedBy(JsonObject value) =>
        string.Join(',', (value["spec"]?["versions"] as JsonArray ?? []).Where(v => (bool?)v?["served"] == true).Select(v => (string?)v!["name"]))
        + " " + ReleaseContent.Hash(value["spec"] ?? new JsonObject());

    private static DateTimeOffset? ChangedAt(JsonObject value) => (value["metadata"]?["managedFields"] as JsonArray ?? [])
        .Where(m => (string?)m?["subresource"] != "status")
        .Select(m => DateTimeOffset.TryParse((string?)m?["time"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : (DateTimeOffset?)null)
        .Max();

    private static int Number(JsonNode? value, int fallback = 0) => value is JsonValue v && v.TryGetValue(out int number) ? number : fallback;
}
