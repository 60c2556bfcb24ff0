using System.Text.Json.Nodes;
using Tandem.ClusterDns;
using Tandem.Ingress;
using Tandem.Platform.Releases;

namespace Tandem.Cli.Embedded;

/// <summary>What an embedded cluster needs before any application: its DNS and its ingress controller, with the images built here.</summary>
internal static class SystemManifests
{
    public static IReadOnlyList<JsonObject> Load(BuiltImages images)
    {
        var objects = Manifests.InOrder(
        [
            .. Manifests.Parse(ClusterDnsManifest.Yaml, "kube-dns.yaml"),
            .. Manifests.Parse(IngressManifest.Yaml, "ingress-nginx.yaml"),
        ]);
        var mapping = new Dictionary<string, string>
        {
            [ClusterDnsManifest.ImagePlaceholder] = images.ByRecipe["cluster-dns"].Reference,
            [IngressManifest.ImagePlaceholder] = images.ByRecipe["ingress"].Reference,
        };
        foreach (var value in objects)
            ImageMapping.Apply(value, mapping);
        return objects;
    }
}
