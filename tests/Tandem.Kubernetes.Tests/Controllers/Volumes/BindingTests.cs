using System.Net;
using System.Text.Json.Nodes;

namespace Tandem.Kubernetes.Tests.Controllers.Volumes;

/// <summary>Claims, volumes and classes as kubectl sees them; there is no node that could mount any.</summary>
public sealed class BindingTests(ControllersFixture cluster) : IClassFixture<ControllersFixture>
{
    [Fact]
    public async Task Classes_LocalPath_IsTheDefault()
    {
        Assert.Matches("local-path \\(default\\) +tandem.dev/local-path +Delete +WaitForFirstConsumer +false", await cluster.KubectlOkAsync("get sc"));
        var ns = await cluster.NamespaceAsync();
        await ClaimAsync(ns, "c");
        await EventAsync(ns, "WaitForFirstConsumer", "waiting for first consumer to be created before binding");
        Assert.Matches("c +Pending +local-path", await cluster.KubectlOkAsync($"get pvc -n {ns}"));
    }

    [Fact]
    public async Task StaticVolume_Retained_IsBoundAndReleased()
    {
        var ns = await cluster.NamespaceAsync();
        await VolumeAsync($"{ns}-v", ns, "Retain");
        await PhaseAsync($"pv/{ns}-v", "Available");

        await ClaimAsync(ns, "c", ns);
        await PhaseAsync("pvc/c", "Bound", ns);
        await PhaseAsync($"pv/{ns}-v", "Bound");
        Assert.Equal($"{ns}/c", await cluster.KubectlOkAsync($"get pv {ns}-v -o jsonpath={{.spec.claimRef.namespace}}/{{.spec.claimRef.name}}"));

        await cluster.KubectlOkAsync($"delete pv {ns}-v --wait=false");
        Assert.Contains("Terminating", await cluster.KubectlOkAsync($"get pv {ns}-v"), StringComparison.Ordinal);
        await cluster.KubectlOkAsync($"delete pvc c -n {ns}");
        await Eventually.TrueAsync(async () => (await cluster.KubectlAsync($"get pv {ns}-v")).ExitCode != 0, "the volume could go once it was free");
    }

    [Fact]
    public async Task StaticVolume_Deleted_FailsWithoutADeleter()
    {
        var ns = await cluster.NamespaceAsync();
        await VolumeAsync($"{ns}-v", ns, "Delete");
        await ClaimAsync(ns, "c", ns);
        await PhaseAsync($"pv/{ns}-v", "Bound");

        await cluster.KubectlOkAsync($"delete pvc c -n {ns}");

        await PhaseAsync($"pv/{ns}-v", "Failed");
    }

    [Fact]
    public async Task Claim_WhoseVolumeIsTakenAway_IsLost()
    {
        var ns = await cluster.NamespaceAsync();
        await VolumeAsync($"{ns}-v", ns, "Retain");
        await ClaimAsync(ns, "c", ns);
        await PhaseAsync("pvc/c", "Bound", ns);

        await cluster.KubectlOkAsync($"delete pv {ns}-v --wait=false");
        await cluster.KubectlOkAsync($"patch pv {ns}-v --type=merge -p {{\"metadata\":{{\"finalizers\":null}}}}");

        await PhaseAsync("pvc/c", "Lost", ns);
        await EventAsync(ns, "ClaimLost", "Bound claim has lost its PersistentVolume. Data on the volume is lost!");
    }

    [Fact]
    public async Task Namespace_WithABoundClaim_CanBeDeleted()
    {
        var ns = await cluster.NamespaceAsync();
        await VolumeAsync($"{ns}-v", ns, "Retain");
        await ClaimAsync(ns, "c", ns);
        await PhaseAsync("pvc/c", "Bound", ns);

        await cluster.KubectlOkAsync($"delete namespace {ns} --wait=false");

        await Eventually.TrueAsync(async () => (await cluster.KubectlAsync($"get namespace {ns}")).ExitCode != 0, "the namespace is gone");
        await PhaseAsync($"pv/{ns}-v", "Released");
    }

    [Fact]
    public async Task Claim_ThatGrows_IsRefusedUnlessTheClassAllows()
    {
        var ns = await cluster.NamespaceAsync();
        await VolumeAsync($"{ns}-v", ns, "Retain");
        await ClaimAsync(ns, "c", ns);
        const string Larger = """{"spec":{"resources":{"requests":{"storage":"2Gi"}}}}""";
        await PhaseAsync("pvc/c", "Bound", ns);

        var (code, status) = await cluster.SendAsync(HttpMethod.Patch, $"/api/v1/namespaces/{ns}/persistentvolumeclaims/c", Larger, "application/merge-patch+json");

        Assert.Equal(HttpStatusCode.Forbidden, code);
        Assert.Equal(
            "persistentvolumeclaims \"c\" is forbidden: only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize",
            status.Text("message"));
    }

    [Fact]
    public async Task Pod_WithoutItsClaim_IsNotScheduled()
    {
        var ns = await cluster.NamespaceAsync();
        var node = new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = ns, ["labels"] = new JsonObject { ["kubernetes.io/hostname"] = ns } },
            ["status"] = new JsonObject { ["allocatable"] = new JsonObject { ["cpu"] = "4", ["memory"] = "4Gi", ["pods"] = "9" } },
        };
        await cluster.SendAsync(HttpMethod.Post, "/api/v1/nodes", node.ToJsonString());
        await cluster.KubectlOkAsync($"create -n {ns} -f -", """
            apiVersion: v1
            kind: Pod
            metadata: { name: p }
            spec:
              containers: [ { name: c, image: i } ]
              volumes: [ { name: data, persistentVolumeClaim: { claimName: c } } ]
            """);
        await EventAsync(ns, "FailedScheduling", "0/1 nodes are available: persistentvolumeclaim \"c\" not found.");

        // A claim that waits for its first consumer gets the consumer's node; the pod waits until the claim is bound.
        await ClaimAsync(ns, "c");
        await Eventually.TrueAsync(
            async () => await cluster.KubectlOkAsync($"get pvc c -n {ns} -o jsonpath={{.metadata.annotations.volume\\.kubernetes\\.io/selected-node}}") == ns, "the node is selected");
        await EventAsync(
            ns, "ExternalProvisioning",
            "Waiting for a volume to be created either by the external provisioner 'tandem.dev/local-path' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.");
        Assert.Equal("", await cluster.KubectlOkAsync($"get pod p -n {ns} -o jsonpath={{.spec.nodeName}}"));

        await VolumeAsync($"{ns}-v", "local-path", "Retain", $"{ns}/c");
        await Eventually.TrueAsync(async () => await cluster.KubectlOkAsync($"get pod p -n {ns} -o jsonpath={{.spec.nodeName}}") == ns, "the pod is scheduled");
    }

    [Theory]
    [InlineData("""{"metadata":{"name":"x"},"spec":{"capacity":{"storage":"1"},"accessModes":["ReadWriteOnce"]}}""", "spec")]
    [InlineData("""{"metadata":{"name":"x"},"spec":{"capacity":{"storage":"1"},"accessModes":["ReadWriteOnce"],"local":{"path":"/x"}}}""", "spec.nodeAffinity")]
    [InlineData("""{"metadata":{"name":"x"},"spec":{"capacity":{"storage":"1"},"accessModes":["RWX"],"hostPath":{"path":"/x"}}}""", "spec.accessModes")]
    public async Task CreateVolume_Invalid_IsRefused(string volume, string field)
    {
        var (code, status) = await cluster.SendAsync(HttpMethod.Post, "/api/v1/persistentvolumes", volume);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, code);
        Assert.Equal([field], status.Items("details", "causes").Select(c => c.Text("field")));
    }

    private Task VolumeAsync(string name, string storageClass, string policy, string? claim = null) => cluster.KubectlOkAsync("create -f -", $$"""
        apiVersion: v1
        kind: PersistentVolume
        metadata: { name: {{name}} }
        spec:
          capacity: { storage: 1Gi }
          accessModes: [ReadWriteOnce]
          storageClassName: {{storageClass}}
          persistentVolumeReclaimPolicy: {{policy}}
          hostPath: { path: /nonexistent }
          {{(claim is null ? "" : $"claimRef: {{ namespace: {claim.Split('/')[0]}, name: {claim.Split('/')[1]} }}")}}
        """);

    private Task ClaimAsync(string ns, string name, string? storageClass = null) => cluster.KubectlOkAsync($"create -n {ns} -f -", $$"""
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata: { name: {{name}} }
        spec:
          accessModes: [ReadWriteOnce]
          resources: { requests: { storage: 1Gi } }
          {{(storageClass is null ? "" : $"storageClassName: {storageClass}")}}
        """);

    private Task PhaseAsync(string what, string phase, string ns = "default") => Eventually.TrueAsync(
        async () => await cluster.KubectlOkAsync($"get {what} -n {ns} -o jsonpath={{.status.phase}}") == phase, $"{what} is {phase}");

    private Task EventAsync(string ns, string reason, string message) => Eventually.TrueAsync(
        async () => (await cluster.SendAsync(HttpMethod.Get, $"/api/v1/namespaces/{ns}/events")).Body.Items("items").Any(e => e.Text("reason") == reason && e.Text("message") == message),
        $"{reason}: {message}");
}
