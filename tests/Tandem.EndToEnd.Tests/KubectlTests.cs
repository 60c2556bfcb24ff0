namespace Tandem.EndToEnd.Tests;

/// <summary>An unmodified kubectl against both clusters.</summary>
[Collection(nameof(DeployedPlatform))]
public sealed class KubectlTests(PlatformFixture fixture)
{
    private readonly TestPlatform _platform = fixture.Platform;

    [Theory]
    [InlineData("hot")]
    [InlineData("standby")]
    public async Task Applications_AfterUp_AreReady(string cluster)
    {
        Assert.Equal("2 3", await _platform.KubectlOkAsync(
            cluster, "-n developer-services get deployments nginx whoami -o jsonpath={.items[0].status.readyReplicas}{\"\\u0020\"}{.items[1].status.readyReplicas}"));
        Assert.Contains("True", await _platform.KubectlOkAsync(cluster, "get nodes -o jsonpath={.items[0].status.conditions[?(@.type==\"Ready\")].status}"));
    }

    [Fact]
    public async Task Workload_ApplyScaleRolloutLogsDelete_Works()
    {
        var manifest = $$"""
            apiVersion: v1
            kind: Namespace
            metadata: { name: kubectl-test }
            ---
            apiVersion: apps/v1
            kind: Deployment
            metadata: { name: talker, namespace: kubectl-test }
            spec:
              replicas: 1
              selector: { matchLabels: { app: talker } }
              template:
                metadata: { labels: { app: talker } }
                spec:
                  terminationGracePeriodSeconds: 1
                  containers:
                  - name: c
                    image: {{await ImageAsync("pause")}}
                    command: [ /bin/busybox, sh, -c, "echo one; exec /bin/busybox sleep 3600" ]
            """;
        await _platform.KubectlOkAsync("hot", "apply -f -", manifest);
        await _platform.KubectlOkAsync("hot", "-n kubectl-test rollout status deployment/talker --timeout=60s");
        await _platform.KubectlOkAsync("hot", "-n kubectl-test scale deployment/talker --replicas=2");
        await _platform.KubectlOkAsync("hot", "-n kubectl-test wait --for=condition=Available deployment/talker --timeout=60s");
        await _platform.KubectlOkAsync("hot", "-n kubectl-test rollout status deployment/talker --timeout=60s");
        Assert.Contains("one", await _platform.KubectlOkAsync("hot", "-n kubectl-test logs deployment/talker"));

        await _platform.KubectlOkAsync("hot", "apply --server-side --force-conflicts -f -", manifest.Replace("echo one", "echo two", StringComparison.Ordinal));
        await _platform.KubectlOkAsync("hot", "-n kubectl-test rollout status deployment/talker --timeout=60s");
        await Eventually.TrueAsync(
            async () => (await _platform.KubectlAsync("hot", "-n kubectl-test logs -l app=talker")).Output.Contains("two", StringComparison.Ordinal), "the new template talks");
        Assert.Contains("Scaled up replica set", await _platform.KubectlOkAsync("hot", "-n kubectl-test describe deployment talker"));

        await _platform.KubectlOkAsync("hot", "delete namespace kubectl-test --timeout=60s");
        Assert.NotEqual(0, (await _platform.KubectlAsync("hot", "get namespace kubectl-test")).ExitCode);
    }

    [Fact]
    public async Task Pod_WithImageThatDoesNotExist_SaysSoWhileOthersRun()
    {
        await _platform.CreateNamespaceAsync("standby", "broken-image");
        await _platform.KubectlOkAsync("standby", "apply -f -", """
            apiVersion: v1
            kind: Pod
            metadata: { name: lost, namespace: broken-image }
            spec:
              containers: [ { name: c, image: "localhost:1/no/such-image:1" } ]
            """);

        await Eventually.TrueAsync(
            async () => (await _platform.KubectlOkAsync("standby", "-n broken-image get pod lost")).Contains("Image", StringComparison.Ordinal)
                && (await _platform.KubectlOkAsync("standby", "-n broken-image describe pod lost")).Contains("localhost:1/no/such-image:1", StringComparison.Ordinal),
            "the pod says that its image cannot be pulled");

        Assert.Equal("3", await _platform.KubectlOkAsync("standby", "-n developer-services get deployment whoami -o jsonpath={.status.readyReplicas}"));
        await _platform.KubectlOkAsync("standby", "delete namespace broken-image --timeout=60s");
    }

    private async Task<string> ImageAsync(string name) => await Images.FindAsync(_platform, name);
}
