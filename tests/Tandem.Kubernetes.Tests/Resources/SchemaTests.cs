using System.Text.Json.Nodes;
using k8s.Models;
using Tandem.Kubernetes.Resources;
using Tandem.Kubernetes.Resources.Schemas;

namespace Tandem.Kubernetes.Tests.Resources;

public sealed class SchemaTests
{
    [Fact]
    public void Prune_UnknownFields_AreNamedWithTheirPathsAndRemoved()
    {
        var pod = JsonNode.Parse("""{"spec":{"containers":[{"name":"c","imgae":"x"}],"hostNetwrk":true}}""")!.AsObject();

        Assert.Equal(["spec.containers[0].imgae", "spec.hostNetwrk"], SchemaCheck.Prune(pod, Schema.Of(typeof(V1Pod))));
        Assert.Equal("""{"spec":{"containers":[{"name":"c"}]}}""", pod.ToJsonString());
    }

    [Fact]
    public void Prune_WrongType_SaysWhichField() => Assert.Contains(
        "spec.replicas",
        Assert.Throws<WrongTypeException>(() => SchemaCheck.Prune(JsonNode.Parse("""{"spec":{"replicas":"two"}}""")!.AsObject(), Schema.Of(typeof(V1Deployment)))).Message);

    /// <summary>A kind whose wire type lost a field, or a merge key that names none, would go unnoticed otherwise.</summary>
    [Fact]
    public void Catalog_EveryKind_HasMetadataAndKnownMergeKeys()
    {
        foreach (var resource in ResourceCatalog.All)
        {
            Assert.Contains("metadata", resource.Schema.Fields.Keys);
            Visit(resource.Schema, []);
        }

        static void Visit(Schema schema, HashSet<Schema> seen)
        {
            if (!seen.Add(schema))
                return;
            foreach (var field in schema.Fields.Values)
            {
                foreach (var key in field.Merge.Keys)
                    Assert.Contains(key, field.Schema.Item!.Fields.Keys);
                Visit(field.Schema, seen);
                if (field.Schema.Item is { } item)
                    Visit(item, seen);
            }
        }
    }
}
