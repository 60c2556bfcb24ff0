namespace Tandem.Kubernetes.Tests.Api;

/// <summary>An unmodified kubectl against the API alone.</summary>
public sealed class KubectlTests(ApiServerFixture api) : IClassFixture<ApiServerFixture>
{
    private const string Deployment = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: web, namespace: default }
        spec:
          replicas: 2
          selector: { matchLabels: { app: web } }
          template:
            metadata: { labels: { app: web } }
            spec:
              containers:
              - { name: c, image: "nginx:1", ports: [ { containerPort: 80 } ], env: [ { name: A, value: "1" } ] }
        """;

    [Fact]
    public async Task Get_Namespaces_ShowsTheFirstOnes()
    {
        var text = await api.KubectlOkAsync("get namespaces");

        Assert.Matches("NAME +STATUS +AGE", text);
        Assert.Contains("kube-system", text);
    }

    [Fact]
    public async Task Apply_ClientSide_CreatesThenConfiguresThenKeeps()
    {
        var manifest = Deployment.Replace("name: web,", "name: client-side,", StringComparison.Ordinal);

        Assert.Contains("created", await api.KubectlOkAsync("apply -f -", manifest));
        Assert.Contains("unchanged", await api.KubectlOkAsync("apply -f -", manifest));
        Assert.Contains("configured", await api.KubectlOkAsync("apply -f -", manifest.Replace("nginx:1", "nginx:2", StringComparison.Ordinal)));
        Assert.Equal("nginx:2", await api.KubectlOkAsync("get deployment client-side -o jsonpath={.spec.template.spec.containers[0].image}"));
        Assert.Contains("deleted", await api.KubectlOkAsync("delete deployment client-side --wait=false"));
    }

    [Fact]
    public async Task Apply_ServerSide_KeepsWhatOthersOwn()
    {
        var manifest = Deployment.Replace("name: web,", "name: server-side,", StringComparison.Ordinal);
        await api.KubectlOkAsync("apply --server-side -f -", manifest);
        await api.KubectlOkAsync("scale deployment server-side --replicas=5");

        var conflict = await api.KubectlAsync("apply --server-side -f -", manifest);

        Assert.NotEqual(0, conflict.ExitCode);
        Assert.Contains(".spec.replicas", conflict.Error);
        await api.KubectlOkAsync("apply --server-side --force-conflicts -f -", manifest);
        Assert.Equal("2", await api.KubectlOkAsync("get deployment server-side -o jsonpath={.spec.replicas}"));
    }

    [Fact]
    public async Task Apply_UnknownField_IsRefusedByName()
    {
        var result = await api.KubectlAsync("apply -f -", Deployment.Replace("replicas:", "replikas:", StringComparison.Ordinal));

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("unknown field \"spec.replikas\"", result.Error);
    }

    [Fact]
    public async Task Describe_Service_ShowsItsAddress()
    {
        var text = await api.KubectlOkAsync("describe service kubernetes");

        Assert.Contains("10.96.0.1", text);
    }

    [Fact]
    public async Task Wait_ForDeletion_Returns()
    {
        await api.KubectlOkAsync("apply -f -", "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: short-lived, namespace: default, finalizers: [ example.com/hold ] }\n");
        await api.KubectlOkAsync("delete configmap short-lived --wait=false");
        var waiting = api.KubectlOkAsync("wait --for=delete configmap/short-lived --timeout=20s");

        await api.KubectlOkAsync("patch configmap short-lived --type=json -p [{\"op\":\"remove\",\"path\":\"/metadata/finalizers\"}]");

        await waiting;
    }

    [Fact]
    public async Task Get_AllOutputs_Work()
    {
        foreach (var output in new[] { "wide", "yaml", "json", "name", "jsonpath={.metadata.name}", "custom-columns=N:.metadata.name" })
            Assert.Contains("cluster-admin", await api.KubectlOkAsync("get clusterrole cluster-admin -o " + output));
    }
}
