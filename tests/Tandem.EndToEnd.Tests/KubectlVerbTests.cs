using System.Text.RegularExpressions;
using Tandem.Kubernetes.Tests.Api;
using Tandem.Processes;

namespace Tandem.EndToEnd.Tests;

/// <summary>Every verb of kubectl that people use, by clients of several ages, on real containers.</summary>
[Collection(nameof(DeployedPlatform))]
public sealed class KubectlVerbTests(PlatformFixture fixture)
{
    private readonly TestPlatform _platform = fixture.Platform;
    private string _kubectl = "";
    private string _namespace = "";
    private string _image = "";

    [Theory]
    [InlineData(20)]
    [InlineData(31)]
    [InlineData(36)]
    public async Task Verbs_OfAWorkload_Work(int minor)
    {
        await BeginAsync(minor);
        var manifest = Manifest("talker", 1);

        // apply, both ways; diff; what is unchanged stays
        Assert.Contains("created", await OkAsync("apply -f -", manifest));
        await OkAsync("rollout status deployment/talker --timeout=60s");
        Assert.Contains("unchanged", await OkAsync("apply -f -", manifest));
        var diff = await RunAsync("diff -f -", Manifest("talker", 2));
        Assert.True(diff.ExitCode == 1 && diff.Output.Contains("+  replicas: 2", StringComparison.Ordinal), diff.Output + diff.Error);
        Assert.Contains("serverside-applied", await OkAsync("apply --server-side --force-conflicts -f -", Manifest("talker", 2)));
        await OkAsync("wait --for=condition=Available deployment/talker --timeout=60s");

        // get in all outputs, describe, explain, api-resources
        foreach (var output in new[] { "wide", "yaml", "json", "name", "jsonpath={.metadata.name}", "custom-columns=N:.metadata.name", "go-template={{.metadata.name}}" })
            Assert.Contains("talker", await OkAsync("get deployment talker -o " + output));
        Assert.Contains("talker", await OkAsync("describe deployment talker"));
        Assert.Contains("Ready", await OkAsync("describe pods -l app=talker"));
        Assert.Contains("replicas", await OkAsync("explain deployment.spec.replicas"));
        Assert.Contains("deployments", await OkAsync("api-resources"));
        Assert.Contains("apps/v1", await OkAsync("api-versions"));

        // patch (each way), label, annotate, set image, edit, replace
        await OkAsync("patch deployment talker -p {\"spec\":{\"minReadySeconds\":0}}");
        await OkAsync("patch deployment talker --type=merge -p {\"metadata\":{\"labels\":{\"x\":\"y\"}}}");
        await OkAsync("patch deployment talker --type=json -p [{\"op\":\"add\",\"path\":\"/metadata/labels/z\",\"value\":\"1\"}]");
        await OkAsync("label deployment talker stage=test");
        await OkAsync("annotate deployment talker note=hello");
        Assert.Equal("y 1 test hello", await OkAsync("get deployment talker -o jsonpath={.metadata.labels.x}{\"\\u0020\"}{.metadata.labels.z}{\"\\u0020\"}{.metadata.labels.stage}{\"\\u0020\"}{.metadata.annotations.note}"));
        await OkAsync("edit deployment talker", editor: "sed -i s/stage:.test/stage:\\ edited/");
        Assert.Equal("edited", await OkAsync("get deployment talker -o jsonpath={.metadata.labels.stage}"));
        await OkAsync("replace -f -", await OkAsync("get deployment talker -o json"));

        // rollouts
        await OkAsync("rollout pause deployment/talker");
        await OkAsync("set env deployment/talker A=B");
        await OkAsync("rollout resume deployment/talker");
        await OkAsync("rollout status deployment/talker --timeout=90s");
        await OkAsync("rollout restart deployment/talker");
        await OkAsync("rollout status deployment/talker --timeout=90s");
        Assert.Contains("REVISION", await OkAsync("rollout history deployment/talker"));
        await OkAsync("rollout undo deployment/talker");
        await OkAsync("rollout status deployment/talker --timeout=90s");

        // scale, autoscale, expose, wait by jsonpath
        await OkAsync("scale deployment/talker --replicas=1");
        if (minor >= 27)
            await OkAsync("wait --for=jsonpath={.status.readyReplicas}=1 deployment/talker --timeout=60s");
        await OkAsync("autoscale deployment talker --min=1 --max=2 --cpu-percent=80");
        Assert.Contains("talker", await OkAsync("get hpa"));
        await OkAsync("expose deployment talker --port=80");
        Assert.Contains("ClusterIP", await OkAsync("get service talker"));

        // delete with each cascade
        await OkAsync("delete hpa,service talker");
        await OkAsync("delete deployment talker --cascade=orphan");
        Assert.Contains("talker", await OkAsync("get replicasets,pods"));
        await OkAsync("apply -f -", Manifest("talker", 1));
        await OkAsync("rollout status deployment/talker --timeout=60s");
        await OkAsync("delete deployment talker --cascade=foreground --timeout=60s");
        await OkAsync("wait --for=delete pod -l app=talker --timeout=60s", allowNothing: true);

        await EndAsync();
    }

    [Theory]
    [InlineData(20)]
    [InlineData(31)]
    [InlineData(36)]
    public async Task Verbs_OfAPod_Work(int minor)
    {
        await BeginAsync(minor);
        await OkAsync($"run one --image={_image} --image-pull-policy=Never --restart=Never --command -- /bin/busybox sh -c", extra: ["echo hello; exec /bin/busybox sleep 3600"]);
        await OkAsync("wait --for=condition=Ready pod/one --timeout=60s");

        Assert.Contains("hello", await OkAsync("logs one"));
        Assert.Contains("hello", await OkAsync("logs one --tail=1 --timestamps"));
        Assert.Equal("inside", (await OkAsync("exec one -- /bin/busybox echo inside")).Trim());
        Assert.Equal("piped", (await OkAsync("exec -i one -- /bin/busybox cat", "piped")).Trim());
        Assert.Equal(7, (await RunAsync("exec one -- /bin/busybox sh -c", extra: ["exit 7"])).ExitCode);
        Assert.Contains("one", await OkAsync("describe pod one"));
        Assert.Matches(@"one\s+\d+m", await UntilAsync("top pod one"));
        Assert.Matches(@"\d+m", await UntilAsync("top node"));

        Assert.Equal("yes", (await OkAsync("auth can-i create pods")).Trim());
        if (minor >= 27)
        {
            Assert.Contains("system:masters", await OkAsync("auth whoami"));
            Assert.Contains("Started", await OkAsync("events --for pod/one"));
        }

        // cordon, drain of these pods only, uncordon, taint
        var node = await OkAsync("get pod one -o jsonpath={.spec.nodeName}");
        await OkAsync($"taint node {node} test=value:PreferNoSchedule");
        await OkAsync($"taint node {node} test-");
        await OkAsync($"cordon {node}");
        await OkAsync($"drain {node} --pod-selector=run=one --force --ignore-daemonsets --grace-period=1 --timeout=60s");
        await OkAsync($"uncordon {node}");
        Assert.Contains("NotFound", (await RunAsync("get pod one")).Error);

        await EndAsync();
    }

    [Fact]
    public async Task ApplySet_PrunesWhatIsNoLongerInIt()
    {
        await BeginAsync(36);
        string Map(string name) => $"apiVersion: v1\nkind: ConfigMap\nmetadata: {{ name: {name} }}\n---\n";

        await OkAsync("apply --prune --applyset=mine -f -", Map("kept") + Map("dropped"), applySet: true);
        var second = await OkAsync("apply --prune --applyset=mine -f -", Map("kept"), applySet: true);

        Assert.Contains("configmap/dropped pruned", second);
        Assert.Contains("kept", await OkAsync("get configmaps"));
        await EndAsync();
    }

    private async Task BeginAsync(int minor)
    {
        _kubectl = await Kubectls.PathAsync(minor);
        _namespace = $"verbs-{minor}-{Random.Shared.Next(100_000)}";
        _image = await Images.FindAsync(_platform, "pause");
        await _platform.CreateNamespaceAsync("hot", _namespace);
    }

    private Task EndAsync() => _platform.KubectlOkAsync("hot", $"delete namespace {_namespace} --timeout=90s");

    private string Manifest(string name, int replicas) => $$"""
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: {{name}} }
        spec:
          replicas: {{replicas}}
          selector: { matchLabels: { app: {{name}} } }
          template:
            metadata: { labels: { app: {{name}} } }
            spec:
              terminationGracePeriodSeconds: 1
              containers:
              - { name: c, image: "{{_image}}", command: [ /bin/busybox, sleep, "3600" ], resources: { requests: { cpu: 10m } } }
        """;

    private async Task<string> OkAsync(
        string arguments, string? input = null, string? editor = null, bool applySet = false, string[]? extra = null, bool allowNothing = false)
    {
        var result = await RunAsync(arguments, input, editor, applySet, extra);
        Assert.True(
            result.ExitCode == 0 || (allowNothing && Regex.IsMatch(result.Error, "no matching resources found|NotFound")), $"kubectl {arguments}: {result.Error}{result.Output}");
        return result.Output;
    }

    /// <summary>What has to be measured first.</summary>
    private async Task<string> UntilAsync(string arguments)
    {
        ProcessResult? result = null;
        await Eventually.TrueAsync(async () => (result = await RunAsync(arguments)).ExitCode == 0, $"kubectl {arguments} answers");
        return result!.Output;
    }

    private Task<ProcessResult> RunAsync(string arguments, string? input = null, string? editor = null, bool applySet = false, string[]? extra = null) =>
        ProcessRunner.RunAsync(new Command(
            _kubectl,
            [
                $"--kubeconfig={_platform.Kubeconfig("hot")}", $"--cache-dir={Path.Combine(Path.GetTempPath(), "tandem-kubectl-cache", _namespace)}",
                $"--namespace={_namespace}", .. arguments.Split(' '), .. extra ?? [],
            ])
        {
            Input = input,
            Environment = new Dictionary<string, string?>
            {
                ["KUBE_EDITOR"] = editor, ["KUBECTL_APPLYSET"] = applySet ? "true" : null,
            },
        });
}
