using k8s;

namespace Tandem.Kubernetes.Tests.Controllers;

public sealed class DaemonSetHistoryTests(ControllersFixture cluster) : IClassFixture<ControllersFixture>
{
    private const string Manifest = """
        apiVersion: apps/v1
        kind: DaemonSet
        metadata: { name: agent }
        spec:
          revisionHistoryLimit: 1
          selector: { matchLabels: { app: agent } }
          template:
            metadata: { labels: { app: agent } }
            spec: { containers: [ { name: c, image: "nginx:1" } ] }
        """;

    [Fact]
    public async Task Rollout_UndoAndHistory_GoThroughTheRevisions()
    {
        var ns = await cluster.NamespaceAsync();
        await cluster.KubectlOkAsync($"apply -n {ns} -f -", Manifest);
        await RevisionsAsync(ns, "1");

        await cluster.KubectlOkAsync($"set image -n {ns} ds/agent c=nginx:2");
        await RevisionsAsync(ns, "1 2");
        Assert.Contains("nginx:1", await cluster.KubectlOkAsync($"rollout history -n {ns} ds agent --revision=1"));
        Assert.Matches(@"daemonset.apps/agent +2 ", await cluster.KubectlOkAsync($"get -n {ns} controllerrevisions"));

        // The first one is the newest again.
        await cluster.KubectlOkAsync($"rollout undo -n {ns} ds agent");
        await RevisionsAsync(ns, "2 3");
        Assert.Equal("nginx:1", await cluster.KubectlOkAsync($"get -n {ns} ds agent -o jsonpath={{.spec.template.spec.containers[0].image}}"));

        // One that nobody uses is kept, no more.
        await cluster.KubectlOkAsync($"set image -n {ns} ds/agent c=nginx:3");
        await RevisionsAsync(ns, "3 4");
    }

    [Fact]
    public async Task Patch_OfARevisionsData_IsRefused()
    {
        var ns = await cluster.NamespaceAsync();
        await cluster.KubectlOkAsync($"apply -n {ns} -f -", Manifest);
        await RevisionsAsync(ns, "1");
        var name = (await cluster.KubectlOkAsync($"get -n {ns} controllerrevisions -o name")).Trim();

        var refused = await cluster.KubectlAsync($"patch -n {ns} {name} --type=merge -p {{\"data\":{{\"x\":1}}}}");

        Assert.Contains("data: Invalid value", refused.Error);
        Assert.Contains("field is immutable", refused.Error);
    }

    private Task RevisionsAsync(string ns, string expected) => Eventually.TrueAsync(
        async () => string.Join(' ', (await cluster.Cluster.AppsV1.ListNamespacedControllerRevisionAsync(ns)).Items.Select(r => r.Revision).Order()) == expected,
        $"the revisions are {expected}");
}
