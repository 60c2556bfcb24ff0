using k8s;
using k8s.Models;
using Tandem.Kubernetes.Tests.Controllers;

namespace Tandem.Kubernetes.Tests.Scheduling;

/// <summary>Each test has nodes of its own, and pods that go only there.</summary>
public sealed class PriorityTests(ControllersFixture cluster) : IClassFixture<ControllersFixture>
{
    [Fact]
    public async Task Get_NewCluster_HasTheSystemClasses()
    {
        var table = await cluster.KubectlOkAsync("get pc");

        Assert.Matches(@"system-cluster-critical +2000000000 +false", table);
        Assert.Matches(@"system-node-critical +2000001000 +false", table);
    }

    [Fact]
    public async Task Create_ForbiddenClasses_AreRefused()
    {
        var much = await cluster.KubectlAsync("create priorityclass much --value=1000000001");
        var system = await cluster.KubectlAsync("create priorityclass system-mine --value=1");
        await cluster.KubectlOkAsync("create priorityclass fixed --value=1");
        var changed = await cluster.KubectlAsync("patch priorityclass fixed --type=merge -p {\"value\":2}");

        Assert.Contains("value: Forbidden: maximum allowed value of a user defined priority is 1000000000", much.Error);
        Assert.Contains("metadata.name: Forbidden: priority class names with 'system-' prefix are reserved for system use only. error: system-mine is not a known system priority class", system.Error);
        Assert.Contains("value: Forbidden: may not be changed in an update.", changed.Error);
    }

    [Fact]
    public async Task Create_Pods_GetTheirPriority()
    {
        var ns = await cluster.NamespaceAsync();
        await cluster.KubectlOkAsync("create priorityclass usual --value=7 --global-default=true");
        try
        {
            var second = await cluster.KubectlAsync("create priorityclass other --value=8 --global-default=true");
            Assert.Contains("PriorityClass usual is already marked as default. Only one default can exist", second.Error);
            Assert.Equal(("usual", 7), await PriorityAsync(ns, "a", ""));
        }
        finally
        {
            await cluster.KubectlOkAsync("delete priorityclass usual");
        }

        Assert.Equal((null, 0), await PriorityAsync(ns, "b", ""));
        Assert.Equal(("system-cluster-critical", 2000000000), await PriorityAsync(ns, "c", "priorityClassName: system-cluster-critical,"));
        await cluster.KubectlOkAsync($"patch pod c -n {ns} --type=merge -p {{\"spec\":{{\"priority\":null}}}}");
        Assert.Equal(2000000000, (await PodAsync(ns, "c")).Spec.Priority);
        var unknown = await cluster.KubectlAsync($"apply -n {ns} -f -", Manifest("d", "none", "1", "priorityClassName: missing,"));
        Assert.Contains("pods \"d\" is forbidden: no PriorityClass with name missing was found", unknown.Error);
        var given = await cluster.KubectlAsync($"apply -n {ns} -f -", Manifest("d", "none", "1", "priority: 5,"));
        Assert.Contains("the integer value of priority (5) must not be provided in pod spec; priority admission controller computed 0 from the given PriorityClass name", given.Error);
    }

    [Fact]
    public async Task Schedule_NoRoom_PreemptsTheLower()
    {
        var ns = await cluster.NamespaceAsync();
        await NodeAsync("preempt");
        await cluster.KubectlOkAsync("create priorityclass high --value=1000");
        await cluster.KubectlOkAsync($"apply -n {ns} -f -", Manifest("low", "preempt", "800m", ""));
        await BoundAsync(ns, "low");

        await cluster.KubectlOkAsync($"apply -n {ns} -f -", Manifest("never", "preempt", "800m", ""));
        await cluster.KubectlOkAsync($"apply -n {ns} -f -", Manifest("high", "preempt", "800m", "priorityClassName: high,"));

        await Eventually.TrueAsync(async () => (await PodAsync(ns, "high")).Status.NominatedNodeName == "preempt", "room is made");
        var victim = await PodAsync(ns, "low");
        Assert.NotNull(victim.Metadata.DeletionTimestamp);
        Assert.Equal(("PreemptionByScheduler", "default-scheduler: preempting to accommodate a higher priority pod"),
            victim.Status.Conditions.Where(c => c.Type == "DisruptionTarget").Select(c => (c.Reason, c.Message)).Single());
        await Eventually.TrueAsync(
            async () => (await cluster.KubectlOkAsync($"describe pod -n {ns} low")).Contains($"Preempted by pod {(await PodAsync(ns, "high")).Metadata.Uid} on node preempt", StringComparison.Ordinal),
            "people are told");
        await cluster.KubectlOkAsync($"delete pod low -n {ns} --grace-period=0 --force");
        await BoundAsync(ns, "high");
        Assert.Null((await PodAsync(ns, "never")).Spec.NodeName);
        await Eventually.TrueAsync(
            async () => (await PodAsync(ns, "never")).Status.Conditions.Single(c => c.Type == "PodScheduled").Message is var why
                && why.Contains("1 Insufficient cpu", StringComparison.Ordinal) && why.Contains("1 No preemption victims found for incoming pod", StringComparison.Ordinal),
            "it is said why");
    }

    [Fact]
    public async Task Schedule_ManyAtOnce_NeverOvercommits()
    {
        var ns = await cluster.NamespaceAsync();
        await NodeAsync("full");

        await cluster.KubectlOkAsync($"apply -n {ns} -f -", string.Join("\n---\n", Enumerable.Range(0, 12).Select(i => Manifest($"p{i}", "full", "200m", ""))));

        await Eventually.TrueAsync(
            async () => (await cluster.PodsAsync(ns)).Count(p => p.Status.Conditions?.Any(c => c.Type == "PodScheduled") == true) == 12, "all are decided");
        Assert.Equal(5, (await cluster.PodsAsync(ns)).Count(p => p.Spec.NodeName == "full"));
    }

    [Fact]
    public async Task Schedule_RoomComes_GoesToTheMostImportant()
    {
        var ns = await cluster.NamespaceAsync();
        await cluster.KubectlOkAsync("create priorityclass first --value=10");
        await cluster.KubectlOkAsync(
            $"apply -n {ns} -f -",
            string.Join("\n---\n", Enumerable.Range(0, 5).Select(i => Manifest($"low{i}", "late", "500m", "")).Concat(Enumerable.Range(0, 2).Select(i => Manifest($"high{i}", "late", "500m", "priorityClassName: first,")))));

        await NodeAsync("late");

        await BoundAsync(ns, "high0");
        await BoundAsync(ns, "high1");
        Assert.Equal(2, (await cluster.PodsAsync(ns)).Count(p => p.Spec.NodeName == "late"));
    }

    private static string Manifest(string name, string pool, string cpu, string more) => $$"""
        apiVersion: v1
        kind: Pod
        metadata: { name: {{name}} }
        spec: { {{more}} nodeSelector: { pool: {{pool}} }, containers: [ { name: c, image: "busybox:1", resources: { requests: { cpu: {{cpu}} } } } ] }
        """;

    private Task NodeAsync(string name) => cluster.Cluster.CoreV1.CreateNodeAsync(new V1Node
    {
        Metadata = new V1ObjectMeta { Name = name, Labels = new Dictionary<string, string> { ["pool"] = name } },
        Status = new V1NodeStatus { Allocatable = new Dictionary<string, ResourceQuantity> { ["pods"] = new("20"), ["cpu"] = new("1"), ["memory"] = new("4Gi") } },
    });

    private async Task<(string?, int?)> PriorityAsync(string ns, string name, string more)
    {
        await cluster.KubectlOkAsync($"apply -n {ns} -f -", Manifest(name, "none", "1", more));
        var spec = (await PodAsync(ns, name)).Spec;
        return (spec.PriorityClassName, spec.Priority);
    }

    private Task<V1Pod> PodAsync(string ns, string name) => cluster.Cluster.CoreV1.ReadNamespacedPodAsync(name, ns);

    private Task BoundAsync(string ns, string name) => Eventually.TrueAsync(async () => (await PodAsync(ns, name)).Spec.NodeName is not null, $"{name} has a node");
}
