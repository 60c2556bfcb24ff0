using System.Text.Json.Nodes;
using Tandem.Kubernetes.Tests.Api;
using Tandem.Processes;

namespace Tandem.Kubernetes.Tests.Controllers.Autoscaling;

/// <summary>Autoscalers made by kubectl of two ages, which speak autoscaling/v1 and v2.</summary>
public sealed class AutoscalerTests(ControllersFixture cluster) : IClassFixture<ControllersFixture>
{
    private const string Deployment = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: web }
        spec:
          replicas: 1
          selector: { matchLabels: { app: web } }
          template:
            metadata: { labels: { app: web } }
            spec: { containers: [ { name: c, image: i, resources: { requests: { cpu: 100m } } } ] }
        """;

    [Theory]
    [InlineData(20, "--cpu-percent=50")]
    [InlineData(36, "--cpu=50%")]
    public async Task Autoscale_BusyPods_AreScaledUpAndDown(int minor, string cpu)
    {
        var ns = await RunningAsync(minor);
        cluster.Usage.Say((await cluster.PodsAsync(ns)).Single().Metadata.Uid, 120);
        await OkAsync(minor, ns, $"autoscale deployment web --min=1 --max=4 {cpu}");

        await Eventually.TrueAsync(async () => await OkAsync(36, ns, "get deployment web -o jsonpath={.spec.replicas}") == "3", "120 % of 50 % are three pods");
        var row = (await OkAsync(minor, ns, "get hpa web --no-headers")).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["web", "Deployment/web", "cpu:", "120%/50%", "1", "4", "1"], row[..7]);
        await ConditionAsync(ns, "AbleToScale", "True", "SucceededRescale", "the HPA controller was able to update the target scale to 3");
        await ConditionAsync(ns, "ScalingActive", "True", "ValidMetricFound",
            "the HPA was able to successfully calculate a replica count from cpu resource utilization (percentage of request)");
        await EventAsync(ns, "SuccessfulRescale", "New size: 3; reason: cpu resource utilization (percentage of request) above target");

        await Eventually.TrueAsync(async () => (await cluster.PodsAsync(ns)).Count == 3, "there are three pods");
        foreach (var pod in await cluster.PodsAsync(ns))
        {
            await cluster.SetAsync(pod, "Running");
            cluster.Usage.Say(pod.Metadata.Uid, 1);
        }

        await OkAsync(36, ns, "patch hpa web --type=merge -p {\"spec\":{\"behavior\":{\"scaleDown\":{\"stabilizationWindowSeconds\":0}}}}");
        await EventAsync(ns, "SuccessfulRescale", "New size: 1; reason: All metrics below target");
    }

    [Fact]
    public async Task Create_WhatV1CannotSay_StandsInAnnotationsAndSurvives()
    {
        var ns = await cluster.NamespaceAsync();
        await OkAsync(36, ns, "create -f -", """
            apiVersion: autoscaling/v2
            kind: HorizontalPodAutoscaler
            metadata: { name: web }
            spec:
              scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }
              maxReplicas: 3
              metrics:
              - { type: Resource, resource: { name: cpu, target: { type: Utilization, averageUtilization: 60 } } }
              - { type: Pods, pods: { metric: { name: hits }, target: { type: AverageValue, averageValue: "10" } } }
              behavior: { scaleDown: { policies: [ { type: Pods, value: 1, periodSeconds: 60 } ] } }
            """);
        var first = await GetAsync(ns, "v2");
        var old = await GetAsync(ns, "v1");

        Assert.Equal(60, old.Number("spec", "targetCPUUtilizationPercentage"));
        var annotations = old.Child("metadata", "annotations");
        Assert.Equal("""[{"type":"Pods","pods":{"metricName":"hits","targetAverageValue":"10"}}]""", annotations.Text("autoscaling.alpha.kubernetes.io/metrics")!);
        Assert.Equal(
            """{"Policies":[{"PeriodSeconds":60,"Type":"Pods","Value":1}],"SelectPolicy":"Max"}""",
            Sorted(JsonNode.Parse(annotations.Text("autoscaling.alpha.kubernetes.io/behavior")!).Child("ScaleDown"))!.ToJsonString());

        old["metadata"]!.AsObject().Remove("resourceVersion");
        old["spec"]!["maxReplicas"] = 5;
        await cluster.SendAsync(HttpMethod.Put, $"/apis/autoscaling/v1/namespaces/{ns}/horizontalpodautoscalers/web", old.ToJsonString());
        var last = await GetAsync(ns, "v2");
        first["spec"]!["maxReplicas"] = 5;
        Assert.Equal(Sorted(first["spec"]!.ToJsonString()), Sorted(last["spec"]!.ToJsonString()));
        Assert.Null(last.Child("metadata", "annotations"));
    }

    [Theory]
    [InlineData("Pods", "pods: { metric: { name: hits }, target: { type: AverageValue, averageValue: 10 } }", "FailedGetPodsMetric",
        "failed to get pods metric value: unable to get metric hits: unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered")]
    [InlineData("ContainerResource", "containerResource: { name: cpu, container: c, target: { type: Utilization, averageUtilization: 10 } }",
        "FailedGetContainerResourceMetric", "failed to get cpu utilization: unable to get metrics for resource cpu: no metrics returned from resource metrics API")]
    public async Task Metric_ThatCannotBeHad_IsToldInTheCondition(string type, string source, string reason, string message)
    {
        var ns = await RunningAsync(36);
        await OkAsync(36, ns, "create -f -", $$"""
            apiVersion: autoscaling/v2
            kind: HorizontalPodAutoscaler
            metadata: { name: web }
            spec:
              scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }
              maxReplicas: 3
              metrics: [ { type: {{type}}, {{source}} } ]
            """);

        await ConditionAsync(ns, "ScalingActive", "False", reason, "the HPA was unable to compute the replica count: " + message);
        await EventAsync(ns, reason, message);
    }

    [Fact]
    public async Task Target_ThatIsNotThere_IsToldInTheCondition()
    {
        var ns = await cluster.NamespaceAsync();
        await OkAsync(36, ns, "create -f -", """
            apiVersion: autoscaling/v1
            kind: HorizontalPodAutoscaler
            metadata: { name: web }
            spec: { scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: none }, maxReplicas: 3 }
            """);

        await ConditionAsync(
            ns, "AbleToScale", "False", "FailedGetScale", "the HPA controller was unable to get the target's current scale: deployments.apps \"none\" not found");
    }

    [Fact]
    public async Task Create_Invalid_IsRefusedWithEveryReason()
    {
        var (_, status) = await cluster.SendAsync(
            HttpMethod.Post, "/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers",
            """{"metadata":{"name":"x"},"spec":{"scaleTargetRef":{"kind":"Deployment"},"minReplicas":3,"maxReplicas":2,"metrics":[{"type":"Resource","resource":{"name":"cpu","target":{"type":"Utilization"}}}]}}""");

        Assert.Equal(
            ["spec.maxReplicas", "spec.metrics[0].resource.target.averageUtilization", "spec.scaleTargetRef.name"],
            status.Items("details", "causes").Select(c => c.Text("field")).Order(StringComparer.Ordinal));
    }

    private async Task<string> RunningAsync(int minor)
    {
        var ns = await cluster.NamespaceAsync();
        await OkAsync(minor, ns, "create -f -", Deployment);
        await Eventually.TrueAsync(async () => (await cluster.PodsAsync(ns)).Count == 1, "there is a pod");
        await cluster.SetAsync((await cluster.PodsAsync(ns)).Single(), "Running");
        return ns;
    }

    private async Task<string> OkAsync(int minor, string ns, string arguments, string? input = null)
    {
        var kubectl = new Command(await Kubectls.PathAsync(minor), [$"--kubeconfig={cluster.Options.Kubeconfig}", "-n", ns, .. arguments.Split(' ')]) { Input = input };
        var result = await ProcessRunner.RunAsync(kubectl);
        Assert.True(result.ExitCode == 0, $"{arguments}: {result.Error}");
        return result.Output;
    }

    private async Task<JsonObject> GetAsync(string ns, string version) =>
        (await cluster.SendAsync(HttpMethod.Get, $"/apis/autoscaling/{version}/namespaces/{ns}/horizontalpodautoscalers/web")).Body!.AsObject();

    private async Task ConditionAsync(string ns, string type, string status, string reason, string message)
    {
        JsonObject? found = null;
        await Eventually.TrueAsync(
            async () => (found = (await GetAsync(ns, "v2")).Items("status", "conditions").FirstOrDefault(c => c.Text("type") == type)).Text("reason") == reason,
            $"{type} is {reason}");
        Assert.Equal((status, message), (found.Text("status"), found.Text("message")));
    }

    private Task EventAsync(string ns, string reason, string message) => Eventually.TrueAsync(
        async () => (await cluster.SendAsync(HttpMethod.Get, $"/api/v1/namespaces/{ns}/events")).Body.Items("items").Any(e => e.Text("reason") == reason && e.Text("message") == message),
        $"{reason}: {message}");

    private static string Sorted(string json) => Sorted(JsonNode.Parse(json))!.ToJsonString();

    private static JsonNode? Sorted(JsonNode? value) => value switch
    {
        JsonObject o => new JsonObject(o.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => KeyValuePair.Create(f.Key, Sorted(f.Value)))),
        JsonArray a => new JsonArray([.. a.Select(Sorted)]),
        _ => value?.DeepClone(),
    };
}
