using System.Text.Json.Nodes;
using Tandem.Platform.Drills;
using Tandem.Platform.Releases;

namespace Tandem.Platform.Tests.Drills;

public sealed class BadReleaseTests
{
    [Fact]
    public void Spoilt_ARelease_HasABadImageInItsFirstWorkloadAndIsOtherwiseTheSame()
    {
        var objects = Manifests.Parse(
            """
            { apiVersion: v1, kind: ConfigMap, metadata: { name: m } }
            ---
            { apiVersion: apps/v1, kind: Deployment, metadata: { name: a }, spec: { template: { spec: { containers: [ { name: c, image: good }, { name: d, image: good } ] } } } }
            ---
            { apiVersion: apps/v1, kind: Deployment, metadata: { name: b }, spec: { template: { spec: { containers: [ { name: c, image: good } ] } } } }
            """,
            "x.yaml");

        var spoilt = BadRelease.Spoilt(new ReleaseObjects(objects, new Dictionary<string, IReadOnlyDictionary<string, string>>()))!;

        var changes = objects.Zip(spoilt.Objects).SelectMany(p => ObjectDiff.Of(p.First, p.Second)).ToList();
        Assert.Equal("spec.template.spec.containers[c].image", Assert.Single(changes).Path);
        Assert.Equal("good", (string?)objects[1]["spec"]!["template"]!["spec"]!["containers"]![0]!["image"]);
    }

    [Fact]
    public void Spoilt_WithoutAWorkload_IsNothing() =>
        Assert.Null(BadRelease.Spoilt(new ReleaseObjects([new JsonObject { ["kind"] = "ConfigMap" }], new Dictionary<string, IReadOnlyDictionary<string, string>>())));
}
