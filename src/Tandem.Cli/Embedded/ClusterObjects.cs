using System.Text.Json.Nodes;
using Tandem.Platform.Releases;
using Tandem.Platform.Spec;

namespace Tandem.Cli.Embedded;

/// <summary>What is deployed into one cluster: an embedded one gets its DNS and ingress too, and the images that were built for it.</summary>
internal sealed record ClusterObjects(IReadOnlyList<JsonObject> System, IReadOnlyList<JsonObject> Apps)
{
    public static ClusterObjects For(ClusterSpec cluster, PlatformSpec spec, IReadOnlyList<JsonObject> apps, BuiltImages images)
    {
        if (!cluster.IsEmbedded)
            return new ClusterObjects([], apps);
        var mapping = images.Mapping(spec);
        var mapped = apps.Select(o => o.DeepClone().AsObject()).ToList();
        foreach (var value in mapped)
            ImageMapping.Apply(value, mapping);
        return new ClusterObjects(SystemManifests.Load(images), mapped);
    }
}
