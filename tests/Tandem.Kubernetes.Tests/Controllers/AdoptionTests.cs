namespace Tandem.Kubernetes.Tests.Controllers;

/// <summary>What a deletion with --cascade=orphan left behind belongs to the owner that is made again.</summary>
public sealed class AdoptionTests(ControllersFixture cluster) : IClassFixture<ControllersFixture>
{
    [Theory]
    [InlineData("Deployment", "deployment", "replicasets")]
    [InlineData("ReplicaSet", "replicaset", "pods")]
    public async Task Owner_MadeAgain_AdoptsWhatMatchesIt(string kind, string resource, string dependents)
    {
        var ns = await cluster.NamespaceAsync();
        var manifest = $$"""
            apiVersion: apps/v1
            kind: {{kind}}
            metadata: { name: own }
            spec:
              replicas: 1
              selector: { matchLabels: { app: own } }
              template:
                metadata: { labels: { app: own } }
                spec: { containers: [ { name: c, image: "nginx:1" } ] }
            """;
        await cluster.KubectlOkAsync($"apply -n {ns} -f -", manifest);
        await Eventually.TrueAsync(async () => (await OwnersAsync()).Length > 0, "there is a dependent");
        var before = await cluster.KubectlOkAsync($"get -n {ns} {dependents} -o jsonpath={{.items[*].metadata.uid}}");

        await cluster.KubectlOkAsync($"delete -n {ns} {resource} own --cascade=orphan");
        Assert.Equal("", await OwnersAsync());
        await cluster.KubectlOkAsync($"apply -n {ns} -f -", manifest);
        var owner = await cluster.KubectlOkAsync($"get -n {ns} {resource} own -o jsonpath={{.metadata.uid}}");

        await Eventually.TrueAsync(async () => await OwnersAsync() == owner, "the dependent has its owner again");
        Assert.Equal(before, await cluster.KubectlOkAsync($"get -n {ns} {dependents} -o jsonpath={{.items[*].metadata.uid}}"));

        Task<string> OwnersAsync() => cluster.KubectlOkAsync($"get -n {ns} {dependents} -o jsonpath={{.items[*].metadata.ownerReferences[*].uid}}");
    }
}
