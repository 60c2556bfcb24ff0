using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck.Xunit;
using Microsoft.Extensions.Time.Testing;
using Tandem.Platform.Parity.Live;
using Tandem.Platform.Releases;
using Tandem.Yaml;

namespace Tandem.Platform.Tests.Parity;

public sealed class LiveReaderTests
{
    private readonly LiveReader _reader = new(new DataHash());

    [Fact]
    public void Read_Secret_KeepsNoValueAndTellsEqualOnes()
    {
        var one = Read("Secret", "metadata: { name: a, labels: { x: y } }\ntype: Opaque\ndata: { password: aHVudGVyMg== }");
        var same = Read("Secret", "metadata: { name: b, resourceVersion: '5' }\ntype: Opaque\ndata: { password: aHVudGVyMg== }");
        var other = Read("Secret", "metadata: { name: a }\ntype: Opaque\ndata: { password: aHVudGVyMw== }");

        Assert.Equal(one.Facts.Data, same.Facts.Data);
        Assert.NotEqual(one.Facts.Data, other.Facts.Data);
        Assert.DoesNotContain("aHVudGVyMg", JsonSerializer.Serialize(one), StringComparison.Ordinal);
        // Another process has another key: nobody learns anything from a hash.
        Assert.NotEqual(one.Facts.Data, Read("Secret", "metadata: { name: a }\ntype: Opaque\ndata: { password: aHVudGVyMg== }", new LiveReader(new DataHash())).Facts.Data);
    }

    [Fact]
    public void Read_TlsSecret_TellsHostsAndEnd()
    {
        var now = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var secret = DevelopmentCertificate.Secret("shop", "tls", ["shop.example.com"], new FakeTimeProvider(now));

        var certificate = _reader.Read("v1", "Secret", JsonSerializer.SerializeToElement(secret)).Facts.Certificate!;

        Assert.Equal(now.AddDays(365), certificate.ExpiresAt);
        Assert.True(certificate.Covers("SHOP.example.com"));
        Assert.False(certificate.Covers("a.shop.example.com"));
    }

    [Fact]
    public void Read_TlsSecretWithoutACertificate_IsUnreadable() =>
        Assert.Null(Read("Secret", "metadata: { name: a }\ndata: { tls.crt: bm90aGluZw== }").Facts.Certificate!.ExpiresAt);

    [Fact]
    public void Read_Deployment_CountsPodsAndWhatTheyRequest()
    {
        var live = Read("Deployment", """
            metadata: { name: web, namespace: shop, generation: 2, annotations: { tandem.dev/hash: h } }
            spec:
              replicas: 3
              template:
                spec:
                  initContainers:
                    - { name: big, resources: { requests: { cpu: 250m, memory: 1Gi } } }
                    - { name: sidecar, restartPolicy: Always, resources: { requests: { cpu: 50m, memory: 64Mi } } }
                  containers:
                    - { name: a, resources: { requests: { cpu: "0.5", memory: 100Mi } } }
                    - { name: b }
            status: { observedGeneration: 2, replicas: 3, updatedReplicas: 3, readyReplicas: 1, availableReplicas: 1 }
            """);

        Assert.Equal("h", live.Facts.Hash);
        Assert.Equal(new LiveWorkload(3, 3, 1, "1 of 3 ready", new Resources(0.55m, 1024m * 1024 * 1024)), live.Facts.Workload);
    }

    [Fact]
    public void Read_Pod_CountsUntilItHasEnded()
    {
        const string Pod = "metadata: { name: p }\nspec: { containers: [ { name: a, image: x:1, resources: { requests: { cpu: 1 } } } ] }\n";

        Assert.Equal(1, Read("Pod", Pod + "status: { phase: Running, containerStatuses: [ { name: a, imageID: r/x@sha256:1 } ] }").Facts.Pod!.Requests.Cpu);
        Assert.Equal(("x:1", "sha256:1"), Assert.Single(Read("Pod", Pod + "status: { containerStatuses: [ { name: a, imageID: r/x@sha256:1 } ] }").Facts.Pod!.Images));
        Assert.Equal(0, Read("Pod", Pod + "status: { phase: Succeeded }").Facts.Pod!.Requests.Cpu);
    }

    [Theory]
    [InlineData("{ conditions: [ { type: Ready, status: 'True' } ], allocatable: { cpu: 2, memory: 2Gi } }", "{}", true)]
    [InlineData("{ conditions: [ { type: Ready, status: 'True' } ], allocatable: { cpu: 2, memory: 2Gi } }", "{ unschedulable: true }", false)]
    [InlineData("{ conditions: [ { type: Ready, status: Unknown } ], allocatable: { cpu: 2, memory: 2Gi } }", "{}", false)]
    public void Read_Node_IsUsableWhereItIsReadyAndTakesPods(string status, string spec, bool usable) => Assert.Equal(
        new LiveNode(usable, new Resources(2, 2147483648)), Read("Node", $"metadata: {{ name: node }}\nspec: {spec}\nstatus: {status}").Facts.Node);

    /// <summary>Milli-units and whole ones are the same amounts.</summary>
    [Property]
    public void Resources_AnyAmount_IsTheSameInEveryUnit(ushort cores, uint kib) => Assert.Equal(
        Resources.Of(new JsonObject { ["cpu"] = $"{cores * 1000L}m", ["memory"] = $"{kib}Ki" }),
        Resources.Of(new JsonObject { ["cpu"] = (int)cores, ["memory"] = $"{kib * 1024L}" }));

    private LiveObject Read(string kind, string yaml, LiveReader? reader = null) =>
        (reader ?? _reader).Read("v1", kind, JsonSerializer.SerializeToElement(YamlJson.Convert(YamlText.Load(yaml)[0])));
}
