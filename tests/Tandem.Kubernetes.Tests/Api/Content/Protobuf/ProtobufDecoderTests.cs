using System.Text;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Google.Protobuf;
using Tandem.Kubernetes.Api.Content.Protobuf;
using Tandem.Kubernetes.Resources;
using Tandem.Kubernetes.Resources.Schemas;

namespace Tandem.Kubernetes.Tests.Api.Content.Protobuf;

public class ProtobufDecoderTests
{
    /// <summary>Fields that the client library has from a Kubernetes newer than the table's.</summary>
    private static readonly string[] Newer =
    [
        "NodeSpec.podPreemptionPolicy", "NodeSystemInfo.runningInUserNamespace", "HTTPGetAction.protocol", "GRPCAction.mode", "VolumeMount.bindMountOptions",
        "PodSpec.evictionResponders", "EmptyDirVolumeSource.mode", "SecretVolumeSource.defaultUser", "KeyToPath.user", "DownwardAPIVolumeSource.defaultUser",
        "DownwardAPIVolumeFile.user", "ProjectedVolumeSource.defaultUser", "ClusterTrustBundleProjection.user", "PodCertificateProjection.user",
        "ServiceAccountTokenProjection.user", "ConfigMapVolumeSource.defaultUser", "NodeAllocatableResourceClaimStatus.mapping",
        "NodeAllocatableResourceClaimStatus.overhead", "PodStatus.volumeHealth", "PersistentVolumeClaimStatus.healthStatus", "JobSpec.scheduling",
        "HorizontalPodAutoscalerCondition.observedGeneration",
    ];

    /// <summary>The JSON types and the protobuf table come from different places; each finds what the other lacks.</summary>
    [Fact]
    public void Table_ForEveryBuiltInKindThatIsWritten_KnowsEveryFieldOfItsSchema()
    {
        var missing = new List<string>();
        foreach (var resource in ResourceCatalog.All.Where(r => r.Verbs.Contains("create")))
            Compare(resource.Schema, MessageTable.NameOf(resource.ApiVersion, resource.Kind) ?? throw new Xunit.Sdk.XunitException($"{resource.ApiVersion} {resource.Kind} has no message"), missing, []);

        missing.RemoveAll(m => Newer.Contains(m[(m.IndexOf('.', StringComparison.Ordinal) + 1)..]));
        Assert.True(missing.Count == 0, string.Join("\n", missing));
    }

    [Fact]
    public void Decode_ZeroOfAnOptionalField_IsKeptAndOfAnotherIsAbsent()
    {
        // Deployment: spec { replicas: 0, minReadySeconds: 0, template { spec { hostNetwork: false, automountServiceAccountToken: false } } }
        var pod = Message(w => { w.WriteTag(11, WireFormat.WireType.Varint); w.WriteBool(false); w.WriteTag(21, WireFormat.WireType.Varint); w.WriteBool(false); });
        var spec = Message(w =>
        {
            w.WriteTag(1, WireFormat.WireType.Varint);
            w.WriteInt32(0);
            w.WriteTag(5, WireFormat.WireType.Varint);
            w.WriteInt32(0);
            Nested(w, 3, Message(t => Nested(t, 2, pod)));
        });

        var value = ProtobufDecoder.DecodeEnvelope(Envelope("apps/v1", "Deployment", Message(w => Nested(w, 2, spec))))!;

        Assert.Equal("""{"kind":"Deployment","apiVersion":"apps/v1","spec":{"replicas":0,"template":{"spec":{"automountServiceAccountToken":false}}}}""", value.ToJsonString());
    }

    [Fact]
    public void Decode_MapsTimesQuantitiesAndInlineMessages_AreTheirJson()
    {
        var metadata = Message(w =>
        {
            Text(w, 1, "n");
            Nested(w, 8, Message(t => { t.WriteTag(1, WireFormat.WireType.Varint); t.WriteInt64(1700000000); }));
            Nested(w, 11, Message(e => { Text(e, 1, "a"); Text(e, 2, "b"); }));
        });
        var volume = Message(w => { Text(w, 1, "v"); Nested(w, 2, Message(s => Nested(s, 2, Message(e => Nested(e, 2, Message(q => Text(q, 1, "1Mi"))))))); });

        var value = ProtobufDecoder.DecodeEnvelope(Envelope("v1", "Pod", Message(w => { Nested(w, 1, metadata); Nested(w, 2, Message(s => Nested(s, 1, volume))); })))!;

        Assert.Equal(
            """{"kind":"Pod","apiVersion":"v1","metadata":{"name":"n","creationTimestamp":"2023-11-14T22:13:20Z","labels":{"a":"b"}},"spec":{"volumes":[{"name":"v","emptyDir":{"sizeLimit":"1Mi"}}]}}""",
            value.ToJsonString());
    }

    [Property(MaxTest = 2000)]
    public Property Decode_HostileBytes_IsRefusedInOneWay() => Prop.ForAll(
        ArbMap.Default.ArbFor<byte[]>(), Gen.Elements("Pod", "Secret", "Service", "Event", "Nothing").ToArbitrary(),
        (bytes, kind) =>
        {
            try
            {
                ProtobufDecoder.DecodeEnvelope(Envelope("v1", kind, bytes));
            }
            catch (InvalidDataException)
            {
                // Refused.
            }
        });

    [Fact]
    public void Decode_EndlessNesting_IsRefused()
    {
        var schema = Array.Empty<byte>();
        for (var i = 0; i < 3000; i++)
        {
            var inner = schema;
            schema = Message(w => Nested(w, 28, inner));
        }

        var version = Message(w => Nested(w, 4, Message(v => Nested(v, 1, schema))));

        Assert.Throws<InvalidDataException>(() => ProtobufDecoder.DecodeEnvelope(
            Envelope("apiextensions.k8s.io/v1", "CustomResourceDefinition", Message(w => Nested(w, 2, Message(s => Nested(s, 7, version)))))));
    }

    private static void Compare(Schema schema, string message, List<string> missing, HashSet<string> seen)
    {
        if (!seen.Add(message))
            return;
        var names = Names(message).ToDictionary(f => f.Name);
        foreach (var field in schema.Fields.Values.Where(f => f.Name is not ("apiVersion" or "kind") || names.ContainsKey(f.Name)))
        {
            if (!names.TryGetValue(field.Name, out var known))
                missing.Add($"{message}.{field.Name}");
            else if ((field.Schema.Item ?? field.Schema) is { Kind: SchemaKind.Object } inner && MessageTable.Find(known.Type) is not null)
                Compare(inner, known.Type, missing, seen);
        }
    }

    private static IEnumerable<MessageField> Names(string message) =>
        MessageTable.Find(message)!.Values.SelectMany(f => f.Name.Length > 0 ? [f] : Names(f.Type));

    private static byte[] Envelope(string apiVersion, string kind, byte[] raw) =>
        [.. "k8s\0"u8, .. Message(w => { Nested(w, 1, Message(m => { Text(m, 1, apiVersion); Text(m, 2, kind); })); Nested(w, 2, raw); })];

    private static byte[] Message(Action<CodedOutputStream> write)
    {
        using var buffer = new MemoryStream();
        using (var output = new CodedOutputStream(buffer, leaveOpen: true))
            write(output);
        return buffer.ToArray();
    }

    private static void Nested(CodedOutputStream output, int number, byte[] message)
    {
        output.WriteTag(number, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(ByteString.CopyFrom(message));
    }

    private static void Text(CodedOutputStream output, int number, string text) => Nested(output, number, Encoding.UTF8.GetBytes(text));
}
