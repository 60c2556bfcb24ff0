namespace Tandem.Kubernetes.Tests.Controllers.Quotas;

public sealed class LimitRangeTests(ControllersFixture cluster) : IClassFixture<ControllersFixture>
{
    private const string Manifest = """
        apiVersion: v1
        kind: LimitRange
        metadata: { name: l }
        spec:
          limits:
            - { type: Container, max: { cpu: 1, memory: 1Gi }, min: { cpu: 100m }, defaultRequest: { memory: 64Mi } }
            - { type: PersistentVolumeClaim, max: { storage: 1Gi } }
        """;

    [Fact]
    public async Task Create_PodThatSaysNothing_GetsTheDefaults()
    {
        var ns = await cluster.NamespaceAsync();
        await cluster.KubectlOkAsync($"apply -n {ns} -f -", Manifest);

        await cluster.KubectlOkAsync($"run p -n {ns} --image=busybox");

        Assert.Equal(
            """{"limits":{"cpu":"1","memory":"1Gi"},"requests":{"cpu":"1","memory":"64Mi"}} Burstable""",
            await cluster.KubectlOkAsync($"get pod p -n {ns} -o jsonpath={{.spec.containers[0].resources}}{{\"\\u0020\"}}{{.status.qosClass}}"));
        Assert.Matches(@"Container +cpu +100m +1 +1 +1 +-", await cluster.KubectlOkAsync($"describe limits -n {ns} l"));
    }

    [Fact]
    public async Task Create_BeyondTheBounds_IsRefused()
    {
        var ns = await cluster.NamespaceAsync();
        await cluster.KubectlOkAsync($"apply -n {ns} -f -", Manifest);

        var pod = await cluster.KubectlAsync(
            $"apply -n {ns} -f -",
            "{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: [{name: c, image: busybox, resources: {requests: {cpu: 50m}, limits: {cpu: 2}}}]}}");
        var claim = await cluster.KubectlAsync(
            $"apply -n {ns} -f -",
            "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: c}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 2Gi}}}}");

        Assert.Contains(
            "pods \"p\" is forbidden: [minimum cpu usage per Container is 100m, but request is 50m, maximum cpu usage per Container is 1, but limit is 2]", pod.Error);
        Assert.Contains("persistentvolumeclaims \"c\" is forbidden: maximum storage usage per PersistentVolumeClaim is 1Gi, but request is 2Gi", claim.Error);
    }

    [Fact]
    public async Task Create_RangeThatContradictsItself_IsRefused()
    {
        var ns = await cluster.NamespaceAsync();

        var refused = await cluster.KubectlAsync($"apply -n {ns} -f -", Manifest.Replace("min: { cpu: 100m }", "min: { cpu: 2 }", StringComparison.Ordinal));

        Assert.Contains("spec.limits[0].min[cpu]: Invalid value: \"2\": min value 2 is greater than max value 1", refused.Error);
    }
}
