using Tandem.Kubernetes.Tests.Node.Real;

namespace Tandem.Kubernetes.Tests.Volumes.Real;

/// <summary>Volumes of the class local-path, in real containers.</summary>
public sealed class LocalPathTests(StorageFixture cluster) : IClassFixture<StorageFixture>
{
    private const string OnHost = "hostNetwork: true, automountServiceAccountToken: false, terminationGracePeriodSeconds: 0";

    [Fact]
    public async Task StatefulSet_PodDeleted_KeepsItsData()
    {
        await cluster.CreateAsync($$"""
            apiVersion: apps/v1
            kind: StatefulSet
            metadata: { name: db }
            spec:
              serviceName: db
              selector: { matchLabels: { app: db } }
              template:
                metadata: { labels: { app: db } }
                spec: {
                  {{OnHost}},
                  securityContext: { runAsUser: 1000, runAsGroup: 1000, fsGroup: 2000 },
                  containers: [ {
                    name: c, image: "{{BusyboxImage.Name}}", command: [sh, -c, "echo started >> /data/log; exec sleep 1000"],
                    volumeMounts: [ { name: data, mountPath: /data } ] } ] }
              volumeClaimTemplates:
              - { metadata: { name: data }, spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 10Mi } } } }
            """);
        await cluster.UntilAsync("db-0", "{.status.phase}", "Running");
        var first = await cluster.RunOkAsync(31, ["get", "pod", "db-0", "-o", "jsonpath={.metadata.uid}"]);
        await cluster.RunOkAsync(31, ["delete", "pod", "db-0"]);
        await Eventually.TrueAsync(
            async () => await cluster.RunAsync(31, ["get", "pod", "db-0", "-o", "jsonpath={.metadata.uid} {.status.phase}"]) is { ExitCode: 0, Output: var now }
                && now.EndsWith(" Running", StringComparison.Ordinal) && !now.StartsWith(first, StringComparison.Ordinal),
            "another pod runs");

        Assert.Equal("started\nstarted\n", await cluster.RunOkAsync(31, ["exec", "db-0", "--", "cat", "/data/log"]));
        Assert.StartsWith("2000", await cluster.RunOkAsync(31, ["exec", "db-0", "--", "stat", "-c", "%g", "/data/log"]), StringComparison.Ordinal);
        var volume = await cluster.RunOkAsync(31, ["get", "pvc", "data-db-0", "-o", "jsonpath={.spec.volumeName}"]);
        Assert.Matches($"^data-db-0 +Bound +{volume} +10Mi +RWO +local-path ", await cluster.RunOkAsync(31, ["get", "pvc", "--no-headers"]));
        Assert.Matches($"^{volume} +10Mi +RWO +Delete +Bound +default/data-db-0 +local-path ", await cluster.RunOkAsync(31, ["get", "pv", "--no-headers"]));
        var folder = await cluster.RunOkAsync(31, ["get", "pv", volume, "-o", "jsonpath={.spec.local.path}"]);
        Assert.Equal("started\nstarted\n", await File.ReadAllTextAsync(Path.Combine(folder, "log")));

        // While the pod uses it, the claim only ends; afterwards claim, volume and folder go.
        await cluster.RunOkAsync(31, ["delete", "pvc", "data-db-0", "--wait=false"]);
        Assert.Contains(" Terminating ", await cluster.RunOkAsync(31, ["get", "pvc", "data-db-0"]), StringComparison.Ordinal);
        await cluster.RunOkAsync(31, ["delete", "statefulset", "db"]);
        await Eventually.TrueAsync(async () => await cluster.RunOkAsync(31, ["get", "pvc,pv", "-o", "name"]) == "", "claim and volume are gone");
        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public async Task Pod_WithEphemeralVolume_HasAClaimThatGoesWithIt()
    {
        await cluster.CreateAsync($$"""
            apiVersion: v1
            kind: Pod
            metadata: { name: scratch }
            spec: {
              {{OnHost}},
              containers: [ { name: c, image: "{{BusyboxImage.Name}}", command: [sh, -c, "touch /scratch/x && exec sleep 1000"], volumeMounts: [ { name: tmp, mountPath: /scratch } ] } ],
              volumes: [ { name: tmp, ephemeral: { volumeClaimTemplate: { spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Mi } } } } } } ] }
            """);
        await cluster.UntilAsync("scratch", "{.status.phase}", "Running");

        Assert.Equal("Pod/scratch", await cluster.RunOkAsync(31, ["get", "pvc", "scratch-tmp", "-o", "jsonpath={.metadata.ownerReferences[0].kind}/{.metadata.ownerReferences[0].name}"]));

        await cluster.RunOkAsync(31, ["delete", "pod", "scratch"]);
        await Eventually.TrueAsync(async () => (await cluster.RunAsync(31, ["get", "pvc", "scratch-tmp"])).ExitCode != 0, "the claim went with its pod");
    }
}
