using System.Globalization;
using Tandem.Processes;

namespace Tandem.EndToEnd.Tests;

/// <summary>A node that is cordoned, drained, and whose runtime hangs, as its administrator sees it through kubectl.</summary>
[Collection(nameof(RunningPlatform))]
public sealed class NodeLifeTests(PlatformFixture fixture)
{
    private const string Node = "standby-node";

    private readonly TestPlatform _platform = fixture.Platform;
    private readonly string _namespace = $"node-life-{Random.Shared.Next(100_000)}";
    private string[] _rules = [];

    [Fact]
    public async Task Node_CordonedDrainedAndUncordoned_LosesWhatMayGoAndTakesItBack()
    {
        await BeginAsync();

        Assert.Contains($"node/{Node} cordoned", await OkAsync($"cordon {Node}"));
        await OkAsync("scale deployment web --replicas=3");
        await UntilAsync("get pods -l app=web -o jsonpath={.items[*].status.conditions[?(@.reason==\"Unschedulable\")].message}",
            m => m.Contains("0/1 nodes are available: 1 node(s) were unschedulable.", StringComparison.Ordinal));
        Assert.Contains("Ready,SchedulingDisabled", await OkAsync($"get node {Node}"));

        // One of two ready pods may go; with its successor waiting, the other has to stay.
        var refused = await DrainAsync("2s");
        Assert.Contains("Cannot evict pod as it would violate the pod's disruption budget.", refused.Error);
        Assert.Equal("1 1", await OkAsync("get pdb web -o jsonpath={.status.currentHealthy}{\"\\u0020\"}{.status.desiredHealthy}"));
        await OkAsync("delete pdb web");
        var drained = await DrainAsync("30s");
        Assert.True(drained.ExitCode == 0, drained.Error);
        Assert.Contains("ignoring DaemonSet-managed Pods", drained.Error);
        Assert.Contains($"node/{Node} drained", drained.Output);
        Assert.Equal("", await OkAsync("get pods -l app=web --field-selector spec.nodeName=" + Node + " -o name"));
        Assert.Equal("1", await OkAsync("get daemonset each -o jsonpath={.status.numberReady}"));

        await OkAsync($"uncordon {Node}");
        await OkAsync("rollout status deployment/web --timeout=60s");
        await UntilAsync($"get events -n default --field-selector involvedObject.name={Node} -o jsonpath={{.items[*].message}}", e =>
            e.Contains($"Node {Node} status is now: NodeNotSchedulable", StringComparison.Ordinal) && e.Contains($"Node {Node} status is now: NodeSchedulable", StringComparison.Ordinal));
        Assert.Equal("", await OkAsync($"get node {Node} -o jsonpath={{.spec.taints}}{{.spec.unschedulable}}"));
        await EndAsync();
    }

    [Fact]
    public async Task Runtime_ThatHangs_TakesTheNodesPodsOutOfServiceUntilItGoesOn()
    {
        await BeginAsync();
        var containers = await OkAsync("get pods -o jsonpath={.items[*].status.containerStatuses[0].containerID}");
        var runtime = _platform.PidOf("standby-containerd").ToString(CultureInfo.InvariantCulture);

        await ProcessRunner.RunCheckedAsync(new Command("kill", "-STOP", runtime));
        try
        {
            await UntilAsync($"get node {Node} -o jsonpath={{.status.conditions[?(@.type==\"Ready\")].status}}|{{.status.conditions[?(@.type==\"Ready\")].reason}}|{{.status.conditions[?(@.type==\"Ready\")].message}}",
                c => c.StartsWith("False|KubeletNotReady|container runtime is down", StringComparison.Ordinal));
            await UntilAsync($"get node {Node} -o jsonpath={{.spec.taints[*].effect}}|{{.spec.taints[*].key}}",
                t => t == "NoSchedule|node.kubernetes.io/not-ready"); // and no NoExecute: there is no other node to go to
            await UntilAsync("get endpoints web -o jsonpath={.subsets[*].addresses[*].ip}", a => a.Length == 0);
            // The node itself lives, and goes on saying so: else it would soon be taken for lost.
            await RenewedAsync();
            await RenewedAsync();
        }
        finally
        {
            await ProcessRunner.RunCheckedAsync(new Command("kill", "-CONT", runtime));
        }

        await OkAsync($"wait --for=condition=Ready node/{Node} --timeout=60s");
        await UntilAsync($"get node {Node} -o jsonpath={{.spec.taints}}", t => t.Length == 0);
        await UntilAsync("get endpoints web -o jsonpath={.subsets[*].addresses[*].ip}", a => a.Split(' ').Length == 2);
        Assert.Equal(containers, await OkAsync("get pods -o jsonpath={.items[*].status.containerStatuses[0].containerID}"));
        await EndAsync();
    }

    private async Task BeginAsync()
    {
        _rules = await RulesAsync();
        await _platform.CreateNamespaceAsync("standby", _namespace);
        var image = await Images.FindAsync(_platform, "pause");
        string Template(string app) => $$"""{ metadata: { labels: { app: {{app}}, test: {{_namespace}} } }, spec: { terminationGracePeriodSeconds: 1, containers: [ { name: c, image: "{{image}}", command: [ /bin/busybox, sleep, "3600" ] } ] } }""";
        await OkAsync("apply -f -", $$"""
            { apiVersion: apps/v1, kind: Deployment, metadata: { name: web }, spec: { replicas: 2, selector: { matchLabels: { app: web } }, template: {{Template("web")}} } }
            ---
            { apiVersion: apps/v1, kind: DaemonSet, metadata: { name: each }, spec: { selector: { matchLabels: { app: each } }, template: {{Template("each")}} } }
            ---
            { apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: { name: web }, spec: { minAvailable: 1, selector: { matchLabels: { app: web } } } }
            ---
            { apiVersion: v1, kind: Service, metadata: { name: web }, spec: { selector: { app: web }, ports: [ { port: 80 } ] } }
            """);
        await OkAsync("rollout status deployment/web --timeout=60s");
        await OkAsync("rollout status daemonset/each --timeout=60s");
        await UntilAsync("get endpoints web -o jsonpath={.subsets[*].addresses[*].ip}", a => a.Split(' ').Length == 2);
        await Eventually.TrueAsync(async () => !(await RulesAsync()).SequenceEqual(_rules), "the Service has rules");
    }

    // The platform's own pods stay: the standby is to be as it was, and soon.
    private Task<ProcessResult> DrainAsync(string timeout) => _platform.KubectlAsync(
        "standby", $"drain {Node} --ignore-daemonsets --pod-selector=test={_namespace} --timeout={timeout}");

    private async Task EndAsync()
    {
        await _platform.KubectlOkAsync("standby", $"delete namespace {_namespace} --timeout=60s");
        await Eventually.TrueAsync(async () => (await RulesAsync()).SequenceEqual(_rules), "the rules of what is gone are gone");
        await Eventually.TrueAsync(
            async () => (await _platform.StatusAsync())["clusters"]!.AsArray().All(c => (bool)c!["healthy"]!), "both clusters are healthy again", 90);
    }

    // All that the kernel has for the cluster's network, in an order of ours.
    private async Task<string[]> RulesAsync()
    {
        var rules = await ProcessRunner.RunCheckedAsync(new Command("nsenter", $"--net=/run/netns/tandem-{_platform.Name}-standby", "nft", "--stateless", "list", "ruleset"));
        return [.. rules.Output.Split([' ', '\n', '\t', ','], StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)];
    }

    private Task<string> OkAsync(string arguments, string? input = null) =>
        _platform.KubectlOkAsync("standby", arguments.Contains(" -n ", StringComparison.Ordinal) ? arguments : $"-n {_namespace} {arguments}", input);

    private async Task RenewedAsync()
    {
        const string Lease = $"get lease {Node} -n kube-node-lease -o jsonpath={{.spec.renewTime}}";
        var before = await OkAsync(Lease);
        await UntilAsync(Lease, now => now != before);
    }

    private Task UntilAsync(string arguments, Func<string, bool> condition) => Eventually.TrueAsync(async () => condition(await OkAsync(arguments)), arguments);
}
