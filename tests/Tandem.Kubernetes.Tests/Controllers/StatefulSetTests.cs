namespace Tandem.Kubernetes.Tests.Controllers;

public sealed class StatefulSetTests(ControllersFixture cluster) : IClassFixture<ControllersFixture>
{
    private const string Manifest = """
        apiVersion: apps/v1
        kind: StatefulSet
        metadata: { name: web }
        spec:
          replicas: 2
          serviceName: peers
          selector: { matchLabels: { app: web } }
          template:
            metadata: { labels: { app: web } }
            spec: { containers: [ { name: c, image: "nginx:1" } ] }
          volumeClaimTemplates:
          - metadata: { name: data }
            spec: { accessModes: [ ReadWriteOnce ], resources: { requests: { storage: 1Gi } } }
        """;

    [Fact]
    public async Task Apply_OrderedReady_CreatesOneAfterTheOtherWithTheirIdentity()
    {
        var ns = await cluster.NamespaceAsync();
        await cluster.KubectlOkAsync($"apply -n {ns} -f -", Manifest);

        await cluster.RunAsync(ns, "web-0");
        await cluster.RunAsync(ns, "web-0 web-1");

        var pod = (await cluster.PodsAsync(ns)).Single(p => p.Metadata.Name == "web-1");
        Assert.Equal(("web-1", "peers"), (pod.Spec.Hostname, pod.Spec.Subdomain));
        Assert.Equal("web-1", pod.Metadata.Labels["statefulset.kubernetes.io/pod-name"]);
        Assert.Equal("1", pod.Metadata.Labels["apps.kubernetes.io/pod-index"]);
        Assert.Contains(pod.Spec.Volumes, v => v.PersistentVolumeClaim?.ClaimName == "data-web-1");
        Assert.Equal("persistentvolumeclaim/data-web-0\npersistentvolumeclaim/data-web-1", (await cluster.KubectlOkAsync($"get pvc -n {ns} -o name")).Trim());
        await cluster.KubectlOkAsync($"rollout status -n {ns} sts web --timeout=20s");
        Assert.Matches(@"web +2/2", await cluster.KubectlOkAsync($"get -n {ns} sts web"));
    }

    [Fact]
    public async Task Rollout_NewImageThenUndo_ReplacesFromTheTopAndGoesBack()
    {
        var ns = await cluster.NamespaceAsync();
        await cluster.KubectlOkAsync($"apply -n {ns} -f -", Manifest);
        await cluster.RunAsync(ns, "web-0");
        await cluster.RunAsync(ns, "web-0 web-1");
        await cluster.KubectlOkAsync($"rollout status -n {ns} sts web --timeout=20s");
        var first = await cluster.KubectlOkAsync($"get -n {ns} sts web -o jsonpath={{.status.currentRevision}}");

        await cluster.KubectlOkAsync($"set image -n {ns} sts/web c=nginx:2");
        await UpdatedAsync(ns, "web-1", "nginx:2");
        Assert.Equal("nginx:1", await ImageAsync(ns, "web-0"));
        await cluster.RunAsync(ns, "web-0 web-1");
        await UpdatedAsync(ns, "web-0", "nginx:2");
        await cluster.RunAsync(ns, "web-0 web-1");
        await cluster.KubectlOkAsync($"rollout status -n {ns} sts web --timeout=20s");

        Assert.Matches("(?s)1.*2", await cluster.KubectlOkAsync($"rollout history -n {ns} sts web"));
        Assert.Contains("nginx:1", await cluster.KubectlOkAsync($"rollout history -n {ns} sts web --revision=1"));
        await cluster.KubectlOkAsync($"rollout undo -n {ns} sts web");
        await UpdatedAsync(ns, "web-1", "nginx:1");
        Assert.Equal(first, await cluster.KubectlOkAsync($"get -n {ns} sts web -o jsonpath={{.status.updateRevision}}"));
    }

    [Fact]
    public async Task Scale_Down_RemovesTheHighestAndKeepsItsClaim()
    {
        var ns = await cluster.NamespaceAsync();
        await cluster.KubectlOkAsync($"apply -n {ns} -f -", Manifest);
        await cluster.RunAsync(ns, "web-0");
        await cluster.RunAsync(ns, "web-0 web-1");

        await cluster.KubectlOkAsync($"scale -n {ns} sts web --replicas=1");

        await Eventually.TrueAsync(async () => await cluster.PodNamesAsync(ns) == "web-0", "web-1 is gone");
        Assert.Contains("data-web-1", await cluster.KubectlOkAsync($"get pvc -n {ns} -o name"));
    }

    [Fact]
    public async Task Update_OfTheServiceName_IsRefusedAsTheRealServerDoes()
    {
        var ns = await cluster.NamespaceAsync();
        await cluster.KubectlOkAsync($"apply -n {ns} -f -", Manifest);

        var refused = await cluster.KubectlAsync($"apply -n {ns} -f -", Manifest.Replace("peers", "others", StringComparison.Ordinal));

        Assert.Contains("spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template'", refused.Error);
    }

    private Task UpdatedAsync(string ns, string pod, string image) =>
        Eventually.TrueAsync(async () => await ImageAsync(ns, pod) == image, $"{pod} has {image}");

    private async Task<string?> ImageAsync(string ns, string pod) =>
        (await cluster.PodsAsync(ns)).FirstOrDefault(p => p.Metadata.Name == pod)?.Spec.Containers[0].Image;
}
