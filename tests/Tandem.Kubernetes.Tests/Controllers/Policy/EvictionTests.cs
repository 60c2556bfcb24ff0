using System.Net;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using Tandem.Kubernetes.Tests.Api;
using Tandem.Processes;

namespace Tandem.Kubernetes.Tests.Controllers.Policy;

public sealed class EvictionTests(ControllersFixture cluster) : IClassFixture<ControllersFixture>
{
    private const string Manifest = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: web }
        spec:
          replicas: 2
          selector: { matchLabels: { app: web } }
          template:
            metadata: { labels: { app: web } }
            spec: { nodeSelector: { pool: none }, containers: [ { name: c, image: "busybox:1" } ] }
        ---
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata: { name: web }
        spec: { maxUnavailable: 1, selector: { matchLabels: { app: web } } }
        """;

    [Fact]
    public async Task Apply_RunningDeployment_AllowsOneDisruption()
    {
        var ns = await RunningAsync(Manifest);

        Assert.Matches(@"web +N/A +1 +1 ", await cluster.KubectlOkAsync($"get -n {ns} pdb"));
        var status = (await cluster.Cluster.PolicyV1.ReadNamespacedPodDisruptionBudgetAsync("web", ns)).Status;
        Assert.Equal((2, 1, 2, 1L), (status.ExpectedPods, status.DesiredHealthy, status.CurrentHealthy, status.ObservedGeneration));
        Assert.Equal(("DisruptionAllowed", "True", "SufficientPods"), (status.Conditions[0].Type, status.Conditions[0].Status, status.Conditions[0].Reason));
    }

    [Fact]
    public async Task Post_BudgetSpent_IsRefusedAsTheRealOneDoes()
    {
        var ns = await RunningAsync(Manifest);
        var pods = await cluster.PodsAsync(ns);

        var dry = await EvictAsync(pods[0], """{"dryRun":["All"]}""");
        var first = await EvictAsync(pods[0]);
        await Eventually.TrueAsync(
            async () => (await cluster.Cluster.PolicyV1.ReadNamespacedPodDisruptionBudgetAsync("web", ns)).Status is { CurrentHealthy: 1, DisruptionsAllowed: 0 }, "the pod is missed");
        var second = await EvictAsync(pods[1]);

        Assert.Equal((HttpStatusCode.Created, "Success"), (dry.Code, dry.Body.Text("status")));
        Assert.Equal("""{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Success","code":201}""", first.Body!.ToJsonString());
        Assert.Equal(HttpStatusCode.TooManyRequests, second.Code);
        Assert.Equal("TooManyRequests", second.Body.Text("reason"));
        Assert.Equal("Cannot evict pod as it would violate the pod's disruption budget.", second.Body.Text("message"));
        var cause = second.Body.Items("details", "causes").Single();
        Assert.Equal("DisruptionBudget", cause.Text("reason"));
        Assert.Equal("The disruption budget web needs 1 healthy pods and has 1 currently", cause.Text("message"));
    }

    [Fact]
    public async Task Post_TwoAtOnce_OnlyOneIsAllowed()
    {
        var ns = await RunningAsync(Manifest);
        var pods = await cluster.PodsAsync(ns);

        var answers = await Task.WhenAll(pods.Select(p => EvictAsync(p)));

        Assert.Equal([HttpStatusCode.Created, HttpStatusCode.TooManyRequests], answers.Select(a => a.Code).Order());
    }

    [Fact]
    public async Task Post_TwoBudgets_IsAnError()
    {
        var ns = await RunningAsync(Manifest);
        await cluster.KubectlOkAsync($"create pdb other -n {ns} --selector=app=web --min-available=1");

        var answer = await EvictAsync((await cluster.PodsAsync(ns))[0]);

        Assert.Equal(HttpStatusCode.InternalServerError, answer.Code);
        Assert.Equal("This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.", answer.Body.Text("message"));
    }

    [Fact]
    public async Task Post_UnreadyPodOfBrokenApplication_GoesOnlyWithAlwaysAllow()
    {
        var ns = await RunningAsync(Manifest);
        foreach (var pod in await cluster.PodsAsync(ns))
            await cluster.SetAsync(pod, "Running", ready: false);
        await AllowedAsync(ns, 0);
        var broken = (await cluster.PodsAsync(ns))[0];
        await cluster.KubectlOkAsync($"patch -n {ns} pod {broken.Metadata.Name} -p {{\"metadata\":{{\"finalizers\":[\"test/held\"]}}}}");

        var refused = await EvictAsync(broken);
        await cluster.KubectlOkAsync($"patch -n {ns} pdb web --type=merge -p {{\"spec\":{{\"unhealthyPodEvictionPolicy\":\"AlwaysAllow\"}}}}");
        var allowed = await EvictAsync(broken);

        Assert.Equal((HttpStatusCode.TooManyRequests, HttpStatusCode.Created), (refused.Code, allowed.Code));
        var gone = await cluster.Cluster.CoreV1.ReadNamespacedPodAsync(broken.Metadata.Name, ns);
        Assert.NotNull(gone.Metadata.DeletionTimestamp);
        Assert.Equal("EvictionByEvictionAPI", gone.Status.Conditions.Single(c => c.Type == "DisruptionTarget").Reason);
    }

    [Fact]
    public async Task Apply_PodsOfAJob_CannotBeCountedAndStay()
    {
        var ns = await cluster.NamespaceAsync();
        await cluster.KubectlOkAsync($"create job work -n {ns} --image=busybox");
        await cluster.KubectlOkAsync($"create pdb web -n {ns} --selector=job-name=work --max-unavailable=1");
        await Eventually.TrueAsync(async () => (await cluster.PodsAsync(ns)).Count == 1, "there is a pod");
        await cluster.SetAsync((await cluster.PodsAsync(ns))[0], "Running");

        await Eventually.TrueAsync(
            async () => (await cluster.Cluster.PolicyV1.ReadNamespacedPodDisruptionBudgetAsync("web", ns)).Status.Conditions is [{ Reason: "SyncFailed", Message: "jobs.batch does not implement the scale subresource" }],
            "it is said why");
        var answer = await EvictAsync((await cluster.PodsAsync(ns))[0]);

        Assert.Equal(HttpStatusCode.TooManyRequests, answer.Code);
        Assert.Equal(
            "The disruption budget web does not allow evicting pods currently because it failed sync: jobs.batch does not implement the scale subresource",
            answer.Body.Items("details", "causes").Single().Text("message"));
    }

    [Fact]
    public async Task Post_OtherNameOrVersion_IsABadRequest()
    {
        var ns = await RunningAsync(Manifest);
        var name = (await cluster.PodsAsync(ns))[0].Metadata.Name;
        var path = $"/api/v1/namespaces/{ns}/pods/{name}/eviction";

        var other = await cluster.SendAsync(HttpMethod.Post, path, """{"apiVersion":"policy/v1","kind":"Eviction","metadata":{"name":"x"}}""");
        var old = await cluster.SendAsync(HttpMethod.Post, path, """{"apiVersion":"policy/v2","kind":"Eviction","metadata":{"name":"x"}}""");

        Assert.Equal("name in URL does not match name in Eviction object", other.Body.Text("message"));
        Assert.Equal("the API version in the data (policy/v2) does not match the expected API version (policy/v1)", old.Body.Text("message"));
    }

    [Fact]
    public async Task Create_BothAmounts_IsRefused()
    {
        var ns = await cluster.NamespaceAsync();

        var refused = await cluster.KubectlAsync($"apply -n {ns} -f -", Manifest.Replace("maxUnavailable: 1", "maxUnavailable: 1, minAvailable: 101%", StringComparison.Ordinal));

        Assert.Contains("minAvailable and maxUnavailable cannot be both set", refused.Error);
        Assert.Contains("spec.minAvailable: Invalid value: \"101%\": must not be greater than 100%", refused.Error);
    }

    [Theory]
    [InlineData(20)]
    [InlineData(36)]
    public async Task Drain_OneDisruptionAtATime_WaitsAndSucceeds(int minor)
    {
        var node = $"drained-{minor}";
        await NodeAsync(node, $"p{minor}");
        var ns = await cluster.NamespaceAsync();
        await cluster.KubectlOkAsync($"apply -n {ns} -f -", Manifest.Replace("pool: none", $"pool: p{minor}", StringComparison.Ordinal));
        using var stop = new CancellationTokenSource();
        var acting = ActAsNodesAsync(ns, stop.Token);
        await AllowedAsync(ns, 1);
        await NodeAsync($"other-{minor}", $"p{minor}");

        var result = await ProcessRunner.RunAsync(new Command(
            await Kubectls.PathAsync(minor), [$"--kubeconfig={cluster.Options.Kubeconfig}", "drain", node, "--timeout=25s", "--force"]));

        await stop.CancelAsync();
        await acting;
        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Contains("Cannot evict pod as it would violate the pod's disruption budget", result.Error);
        Assert.DoesNotContain(await cluster.PodsAsync(ns), p => p.Spec.NodeName == node);
    }

    /// <summary>Lets every pod run that has a node, and ends those that are to end: readiness comes only when the pods' places are settled.</summary>
    private async Task ActAsNodesAsync(string ns, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            foreach (var pod in await cluster.PodsAsync(ns))
                if (pod.Metadata.DeletionTimestamp is not null)
                    await cluster.SendAsync(HttpMethod.Delete, $"/api/v1/namespaces/{ns}/pods/{pod.Metadata.Name}?gracePeriodSeconds=0");
                else if (pod.Spec.NodeName is not null && pod.Status.Phase == "Pending")
                    await cluster.SetAsync(pod, "Running");
            await Task.WhenAny(Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, cancellationToken));
        }
    }

    private Task NodeAsync(string name, string pool) => cluster.Cluster.CoreV1.CreateNodeAsync(new V1Node
    {
        Metadata = new V1ObjectMeta { Name = name, Labels = new Dictionary<string, string> { ["pool"] = pool } },
        Status = new V1NodeStatus { Allocatable = new Dictionary<string, ResourceQuantity> { ["pods"] = new("10"), ["cpu"] = new("4"), ["memory"] = new("4Gi") } },
    });

    private async Task<string> RunningAsync(string manifest)
    {
        var ns = await cluster.NamespaceAsync();
        await cluster.KubectlOkAsync($"apply -n {ns} -f -", manifest);
        await Eventually.TrueAsync(async () => (await cluster.PodsAsync(ns)).Count == 2, "there are two pods");
        foreach (var pod in await cluster.PodsAsync(ns))
            await cluster.SetAsync(pod, "Running");
        await AllowedAsync(ns, 1);
        return ns;
    }

    private Task AllowedAsync(string ns, int allowed) => Eventually.TrueAsync(
        async () => (await cluster.Cluster.PolicyV1.ReadNamespacedPodDisruptionBudgetAsync("web", ns)).Status is { ObservedGeneration: > 0, ExpectedPods: 2 } s && s.DisruptionsAllowed == allowed,
        $"the budget allows {allowed}");

    private Task<(HttpStatusCode Code, JsonNode? Body)> EvictAsync(V1Pod pod, string options = "{}") => cluster.SendAsync(
        HttpMethod.Post,
        $"/api/v1/namespaces/{pod.Metadata.NamespaceProperty}/pods/{pod.Metadata.Name}/eviction",
        $$"""{"apiVersion":"policy/v1beta1","kind":"Eviction","metadata":{"name":"{{pod.Metadata.Name}}"},"deleteOptions":{{options}}}""");
}
