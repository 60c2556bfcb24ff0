using System.Text.Json.Nodes;
using FsCheck.Xunit;
using Tandem.Kubernetes.Quotas;

namespace Tandem.Kubernetes.Tests.Quotas;

public sealed class QuotaCheckTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch;

    [Fact]
    public void Against_TooMuch_NamesOnlyWhatIsExceeded()
    {
        var quota = Quota("""{"pods":"5","requests.cpu":"1","requests.memory":"1Gi"}""", """{"pods":"2","requests.cpu":"700m","requests.memory":"800Mi"}""");

        var (used, refusal) = Check(Pod("""{"cpu":"0.4","memory":"100Mi"}""")).Against(quota);

        Assert.Null(used);
        Assert.Equal("exceeded quota: q, requested: requests.cpu=400m, used: requests.cpu=700m, limited: requests.cpu=1", refusal);
    }

    [Fact]
    public void Against_Room_AddsUp()
    {
        var quota = Quota("""{"pods":"5","requests.memory":"2Gi","secrets":"1"}""", """{"pods":"2","requests.memory":"1Gi","secrets":"0"}""");

        var (used, _) = Check(Pod("""{"memory":"512Mi"}""")).Against(quota);

        Assert.Equal("pods=3,requests.memory=1536Mi,secrets=0", used!.ToString());
    }

    [Fact]
    public void Against_ContainerWithoutResources_SaysWhatIsMissing()
    {
        var quota = Quota("""{"limits.cpu":"1","requests.memory":"1Gi","requests.ephemeral-storage":"1Gi"}""", "{}");

        Assert.Equal("failed quota: q: must specify limits.cpu for: a,b; requests.memory for: b", Check(Pod("""{"memory":"1Mi"}""", "{}")).Against(quota).Refusal);
    }

    [Fact]
    public void Against_UseNotCountedYet_IsRefused() =>
        Assert.Equal("status unknown for quota: q, resources: pods", Check(Pod("{}")).Against(Quota("""{"pods":"1"}""", "{}")).Refusal);

    [Theory]
    [InlineData("BestEffort", "{}", true)]
    [InlineData("NotBestEffort", "{}", false)]
    [InlineData("NotTerminating", "{}", true)]
    [InlineData("Terminating", "{}", false)]
    [InlineData("NotBestEffort", """{"cpu":"1"}""", true)]
    public void Concerns_EachScope_SelectsItsPods(string scope, string requests, bool concerned)
    {
        var quota = Quota("""{"pods":"1"}""", "{}");
        quota["spec"] = new JsonObject { ["scopes"] = new JsonArray(scope) };

        Assert.Equal(concerned, Check(Pod(requests)).Concerns(quota));
    }

    [Fact]
    public void Concerns_PriorityClassScope_SelectsByName()
    {
        var quota = Quota("""{"pods":"1"}""", "{}");
        quota["spec"] = JsonNode.Parse("""{"scopeSelector":{"matchExpressions":[{"scopeName":"PriorityClass","operator":"In","values":["high"]}]}}""");
        var pod = Pod("{}");
        Assert.False(Check(pod).Concerns(quota));
        pod["spec"]!["priorityClassName"] = "high";
        Assert.True(Check(pod).Concerns(quota));
    }

    [Fact]
    public void Against_ServiceBecomesNodePort_CountsTheDifference()
    {
        var quota = Quota("""{"services":"1","services.nodeports":"1"}""", """{"services":"1","services.nodeports":"0"}""");
        var old = JsonNode.Parse("""{"spec":{"type":"ClusterIP","ports":[{"port":1}]}}""")!.AsObject();
        var value = JsonNode.Parse("""{"spec":{"type":"NodePort","ports":[{"port":1}]}}""")!.AsObject();

        Assert.Equal("services=1,services.nodeports=1", new QuotaCheck("", "services", value, old, Now).Against(quota).Used!.ToString());
        value["spec"]!["ports"]!.AsArray().Add(new JsonObject { ["port"] = 2 });
        Assert.Equal(
            "exceeded quota: q, requested: services.nodeports=2, used: services.nodeports=0, limited: services.nodeports=1",
            new QuotaCheck("", "services", value, old, Now).Against(quota).Refusal);
    }

    [Fact]
    public void Total_InitContainersAndSidecar_IsThePeak()
    {
        var spec = JsonNode.Parse("""
            {"initContainers":[{"restartPolicy":"Always","resources":{"requests":{"cpu":"1"}}},{"resources":{"requests":{"cpu":"5"}}}],
             "containers":[{"resources":{"requests":{"cpu":"2"}}}],"overhead":{"cpu":"100m"}}
            """)!.AsObject();

        Assert.Equal("cpu=6100m", PodUsage.Total(spec, "requests").ToString());
    }

    [Property]
    public bool Against_ManyPodsInARow_NeverUsesMoreThanTheLimit(byte limit, byte[] requests)
    {
        var quota = Quota($$"""{"pods":"1000","requests.cpu":"{{limit}}"}""", """{"pods":"0","requests.cpu":"0"}""");
        foreach (var request in requests)
            if (Check(Pod($$"""{"cpu":"{{request}}"}""")).Against(quota).Used is { } used)
                quota["status"]!["used"] = used.ToJson();
        return Usage.Read(quota.Child("status", "used"))["requests.cpu"].Value <= limit;
    }

    private static QuotaCheck Check(JsonObject pod) => new("", "pods", pod, null, Now);

    private static JsonObject Quota(string hard, string used) => new()
    {
        ["metadata"] = new JsonObject { ["name"] = "q" },
        ["status"] = new JsonObject { ["hard"] = JsonNode.Parse(hard), ["used"] = JsonNode.Parse(used) },
    };

    private static JsonObject Pod(params string[] requests) => new()
    {
        ["spec"] = new JsonObject
        {
            ["containers"] = new JsonArray([.. requests.Select((r, i) => new JsonObject
            {
                ["name"] = ((char)('a' + i)).ToString(), ["resources"] = new JsonObject { ["requests"] = JsonNode.Parse(r) },
            })]),
        },
    };
}
