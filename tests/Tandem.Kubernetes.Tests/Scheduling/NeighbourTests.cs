using k8s;
using k8s.Models;
using Tandem.Kubernetes.Scheduling;

namespace Tandem.Kubernetes.Tests.Scheduling;

/// <summary>What pods want of the pods around them.</summary>
public sealed class NeighbourTests
{
    private const string Near = "podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [ { topologyKey: zone, labelSelector: { matchLabels: { app: a } } } ] }";
    private const string Away = "podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [ { topologyKey: zone, labelSelector: { matchLabels: { app: a } } } ] }";

    [Theory]
    [InlineData(Away, "a", "node(s) didn't match pod anti-affinity rules")]
    [InlineData(Away, "b", null)]
    [InlineData(Near, "a", null)]
    [InlineData(Near, "b", "node(s) didn't match pod affinity rules")]
    public void Affinity_OfAPod_JudgesWhoIsInTheZone(string affinity, string there, string? reason) =>
        Assert.Equal(reason, PodAffinityRules.Reason(Pod("new", "x", "", $"affinity: {{ {affinity} }},"), Node("n1", "z"), Around(Pod("old", there, "n1"))));

    [Fact]
    public void Affinity_OfTheFirstOfAGroup_IsToItself() =>
        Assert.Null(PodAffinityRules.Reason(Pod("new", "a", "", $"affinity: {{ {Near} }},"), Node("n1", "z"), Around(Pod("old", "b", "n1"))));

    [Fact]
    public void AntiAffinity_OfOneThatIsThere_KeepsOthersAway() => Assert.Equal(
        "node(s) didn't satisfy existing pods anti-affinity rules",
        PodAffinityRules.Reason(Pod("new", "a", ""), Node("n1", "z"), Around(Pod("old", "b", "n1", $"affinity: {{ {Away} }},"))));

    [Theory]
    [InlineData("namespaces: [other],", null)]
    [InlineData("namespaceSelector: {},", "node(s) didn't match pod anti-affinity rules")]
    [InlineData("namespaceSelector: { matchLabels: { team: none } },", null)]
    [InlineData("matchLabelKeys: [version],", null)]
    [InlineData("mismatchLabelKeys: [version],", "node(s) didn't match pod anti-affinity rules")]
    public void AntiAffinity_Term_MayNameNamespacesAndLabels(string more, string? reason)
    {
        var pod = Pod("new", "x", "", $"affinity: {{ podAntiAffinity: {{ requiredDuringSchedulingIgnoredDuringExecution: [ {{ topologyKey: zone, {more} labelSelector: {{ matchLabels: {{ app: a }} }} }} ] }} }},");
        pod.Metadata.Labels["version"] = "2";

        Assert.Equal(reason, PodAffinityRules.Reason(pod, Node("n1", "z"), Around(Pod("old", "a", "n1"))));
    }

    [Theory]
    [InlineData("n1", "maxSkew: 1", "node(s) didn't match pod topology spread constraints")]
    [InlineData("n2", "maxSkew: 1", null)]
    [InlineData("n1", "maxSkew: 2", null)]
    [InlineData("n2", "maxSkew: 1, minDomains: 3", null)]
    [InlineData("n1", "maxSkew: 1, minDomains: 3", "node(s) didn't match pod topology spread constraints")]
    [InlineData("bare", "maxSkew: 1", "node(s) didn't match pod topology spread constraints (missing required label)")]
    public void Spread_OfTwoZones_IsKeptEven(string node, string constraint, string? reason)
    {
        var pod = Pod("new", "a", "", $"topologySpreadConstraints: [ {{ {constraint}, topologyKey: zone, whenUnsatisfiable: DoNotSchedule, labelSelector: {{ matchLabels: {{ app: a }} }} }} ],");
        var nodes = new[] { Node("n1", "z"), Node("n2", "y"), Node("bare", null) };

        Assert.Equal(reason, TopologySpread.Reason(pod, nodes.Single(n => n.Metadata.Name == node), new Surroundings(nodes, [Pod("old", "a", "n1")], [])));
    }

    private static Surroundings Around(params V1Pod[] pods) => new(
        [Node("n1", "z")], pods, [new V1Namespace { Metadata = new V1ObjectMeta { Name = "default", Labels = new Dictionary<string, string> { ["team"] = "one" } } }]);

    private static V1Node Node(string name, string? zone) => new()
    {
        Metadata = new V1ObjectMeta { Name = name, Labels = zone is null ? null : new Dictionary<string, string> { ["zone"] = zone } },
    };

    private static V1Pod Pod(string name, string app, string node, string spec = "") => KubernetesYaml.Deserialize<V1Pod>($$"""
        apiVersion: v1
        kind: Pod
        metadata: { name: {{name}}, uid: {{name}}, namespace: default, labels: { app: {{app}} } }
        spec: { {{spec}} nodeName: "{{node}}", containers: [] }
        """);
}
