using System.Runtime.CompilerServices;
using k8s;
using k8s.Models;
using Tandem.Kubernetes.Network;
using Tandem.Kubernetes.Network.Rules;

namespace Tandem.Kubernetes.Tests.Network;

/// <summary>Folders with objects and the rules that they become.</summary>
public sealed class GoldenTests
{
    [Theory]
    [InlineData("everything")]
    [InlineData("nothing")]
    public async Task Render_Objects_ExpectedRules(string name)
    {
        var folder = Path.Combine(Folder(), "Golden", name);
        var objects = KubernetesYaml.LoadAllFromString(await File.ReadAllTextAsync(Path.Combine(folder, "objects.yaml")));
        var expected = await File.ReadAllTextAsync(Path.Combine(folder, "rules.nft"));
        Assert.Equal(expected, Render(objects));
        // The order in which the API happens to list objects means nothing.
        objects.Reverse();
        Assert.Equal(expected, Render(objects));
    }

    private static string Render(List<object> objects) => NftTransaction.Replace(NftRuleset.Build(NetworkModel.Build(
        new ClusterState(
            objects.OfType<V1Service>(), objects.OfType<V1EndpointSlice>(), objects.OfType<V1Pod>(), objects.OfType<V1Namespace>(),
            objects.OfType<V1NetworkPolicy>()),
        Objects.Cluster)));

    private static string Folder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
