using System.Net;
using System.Text.Json.Nodes;

namespace Tandem.Kubernetes.Tests.Controllers.Quotas;

public sealed class ResourceQuotaTests(ControllersFixture cluster) : IClassFixture<ControllersFixture>
{
    [Fact]
    public async Task Create_Quota_CountsWhatIsThereAndDescribes()
    {
        var ns = await QuotaAsync("pods: 3, configmaps: 10, requests.cpu: 2, count/deployments.apps: 1");
        await CreateAsync(ns, 0, cpu: "500m");

        Assert.Equal("""{"configmaps":"1","count/deployments.apps":"0","pods":"1","requests.cpu":"500m"}""", await UsedAsync(ns));
        var text = await cluster.KubectlOkAsync($"describe quota -n {ns} q");
        Assert.Matches(@"requests\.cpu +500m +2", text);
        Assert.Matches(@"configmaps +1 +10", text);
        Assert.Matches(@"configmaps: 1/10, count/deployments\.apps: 0/1, pods: 1/3, requests\.cpu: 500m/2", await cluster.KubectlOkAsync($"get quota -n {ns}"));
    }

    [Fact]
    public async Task Create_NoRoom_IsRefusedAsTheRealOneDoes()
    {
        var ns = await QuotaAsync("pods: 1, requests.cpu: 1");

        var missing = await CreateAsync(ns, 0);
        var first = await CreateAsync(ns, 1, cpu: "100m");
        var second = await CreateAsync(ns, 2, cpu: "100m");

        Assert.Equal("pods \"p0\" is forbidden: failed quota: q: must specify requests.cpu for: c", missing.Body.Text("message"));
        Assert.Equal(HttpStatusCode.Created, first.Code);
        Assert.Equal(HttpStatusCode.Forbidden, second.Code);
        Assert.Equal("pods \"p2\" is forbidden: exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1", second.Body.Text("message"));
    }

    [Fact]
    public async Task Create_ManyAtOnce_NeverExceeds()
    {
        var ns = await QuotaAsync("pods: 5");

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => CreateAsync(ns, i)));

        Assert.Equal(5, answers.Count(a => a.Code == HttpStatusCode.Created));
        Assert.All(answers.Where(a => a.Code != HttpStatusCode.Created), a => Assert.Equal(HttpStatusCode.Forbidden, a.Code));
        Assert.Equal(5, (await cluster.PodsAsync(ns)).Count);
        Assert.Equal("""{"pods":"5"}""", await UsedAsync(ns));
    }

    [Fact]
    public async Task Create_DryRunInvalidOrExisting_ChargesNothing()
    {
        var ns = await QuotaAsync("pods: 2");
        await CreateAsync(ns, 0);

        Assert.Equal(HttpStatusCode.Created, (await CreateAsync(ns, 1, query: "?dryRun=All")).Code);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await CreateAsync(ns, 1, image: "")).Code);
        Assert.Equal(HttpStatusCode.Conflict, (await CreateAsync(ns, 0)).Code);

        Assert.Equal("""{"pods":"1"}""", await UsedAsync(ns));
    }

    [Fact]
    public async Task Delete_AnyKind_GivesBack()
    {
        var ns = await QuotaAsync("pods: 1, secrets: 1, count/services: 1");
        await CreateAsync(ns, 0);
        await cluster.KubectlOkAsync($"create secret generic -n {ns} s");
        await cluster.KubectlOkAsync($"create service clusterip -n {ns} s --tcp=80");
        Assert.Equal("""{"count/services":"1","pods":"1","secrets":"1"}""", await UsedAsync(ns));

        await cluster.KubectlOkAsync($"delete pod/p0 secret/s service/s -n {ns}");

        await Eventually.TrueAsync(async () => await UsedAsync(ns) == """{"count/services":"0","pods":"0","secrets":"0"}""", "all is given back");
    }

    [Fact]
    public async Task Finished_Pod_GivesBack()
    {
        var ns = await QuotaAsync("pods: 1, count/pods: 2");
        await CreateAsync(ns, 0);

        await cluster.SetAsync((await cluster.PodsAsync(ns))[0], "Succeeded");

        await Eventually.TrueAsync(async () => await UsedAsync(ns) == """{"count/pods":"1","pods":"0"}""", "the pod counts as an object only");
    }

    [Fact]
    public async Task Update_ServiceTakesNodePorts_IsChargedAndRefused()
    {
        var ns = await QuotaAsync("services.nodeports: 1");
        await cluster.KubectlOkAsync($"create service nodeport -n {ns} a --tcp=80");
        await cluster.KubectlOkAsync($"create service clusterip -n {ns} b --tcp=80");

        var refused = await cluster.KubectlAsync($"patch service -n {ns} b -p {{\"spec\":{{\"type\":\"NodePort\"}}}}");
        Assert.Contains("exceeded quota: q, requested: services.nodeports=1, used: services.nodeports=1, limited: services.nodeports=1", refused.Error);

        await cluster.KubectlOkAsync($"patch service -n {ns} a --type=merge -p {{\"spec\":{{\"type\":\"ClusterIP\",\"ports\":[{{\"port\":80}}]}}}}");
        await Eventually.TrueAsync(async () => await UsedAsync(ns) == """{"services.nodeports":"0"}""", "the node port is given back");
        await cluster.KubectlOkAsync($"patch service -n {ns} b -p {{\"spec\":{{\"type\":\"NodePort\"}}}}");
    }

    [Fact]
    public async Task Create_QuotaOfUnknownResource_IsRefused()
    {
        var ns = await cluster.NamespaceAsync();

        var refused = await cluster.KubectlAsync($"apply -n {ns} -f -", Manifest("limit.cpu: 1, pods: 0.5").Replace("spec: {", "spec: { scopes: [BestEffort, NotBestEffort],", StringComparison.Ordinal));

        Assert.Contains("spec.hard[limit.cpu]: Invalid value: \"limit.cpu\": must be a standard resource for quota", refused.Error);
        Assert.Contains("spec.hard[pods]: Invalid value: \"500m\": must be an integer", refused.Error);
        Assert.Contains("conflicting scopes", refused.Error);
    }

    private static string Manifest(string hard) => $$"""
        apiVersion: v1
        kind: ResourceQuota
        metadata: { name: q }
        spec: { hard: { {{hard}} } }
        """;

    /// <summary>A namespace with a quota that is in force.</summary>
    private async Task<string> QuotaAsync(string hard)
    {
        var ns = await cluster.NamespaceAsync();
        await Eventually.TrueAsync(async () => (await cluster.SendAsync(HttpMethod.Get, $"/api/v1/namespaces/{ns}/configmaps/kube-root-ca.crt")).Code == HttpStatusCode.OK, "the namespace is furnished");
        await cluster.KubectlOkAsync($"apply -n {ns} -f -", Manifest(hard));
        await Eventually.TrueAsync(async () => await UsedAsync(ns) is { Length: > 0 }, "the quota is counted");
        return ns;
    }

    private async Task<string?> UsedAsync(string ns) =>
        (await cluster.SendAsync(HttpMethod.Get, $"/api/v1/namespaces/{ns}/resourcequotas/q")).Body.At("status", "used")?.ToJsonString();

    private Task<(HttpStatusCode Code, JsonNode? Body)> CreateAsync(string ns, int index, string? cpu = null, string query = "", string image = "busybox") => cluster.SendAsync(
        HttpMethod.Post,
        $"/api/v1/namespaces/{ns}/pods{query}",
        $$$"""{"metadata":{"name":"p{{{index}}}"},"spec":{"containers":[{"name":"c","image":"{{{image}}}","resources":{"requests":{{{(cpu is null ? "{}" : $"{{\"cpu\":\"{cpu}\"}}")}}}}}]}}""");
}
