using System.Text.Json.Nodes;
using Tandem.Processes;

namespace Tandem.EndToEnd.Tests.Releases;

/// <summary>Releases on two real clusters: all or nothing, whatever happens in between.</summary>
[Collection(nameof(DeployedPlatform))]
public sealed class ReleaseTests(PlatformFixture fixture) : IAsyncLifetime
{
    private const string Namespace = "developer-services";

    private const string Custom = """
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: { name: widgets.example.com }
        spec:
          group: example.com
          scope: Namespaced
          names: { plural: widgets, singular: widget, kind: Widget }
          versions:
          - { name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object, x-kubernetes-preserve-unknown-fields: true } } }
        ---
        apiVersion: v1
        kind: Namespace
        metadata: { name: release-extra }
        ---
        apiVersion: example.com/v1
        kind: Widget
        metadata: { name: w, namespace: release-extra }
        spec: { size: 3 }
        """;

    private static readonly string[] Clusters = ["hot", "standby"];

    private readonly TestPlatform _platform = fixture.Platform;
    private readonly ReleaseFolder _folder = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        _folder.Dispose();

        // The others' platform again.
        await _platform.RunOkAsync("deploy");
    }

    [Fact]
    public async Task Deploy_NewKindsNamespacesAndKustomizations_ReachBothClusters_AndAreDeletedFromBothWhenTheyLeave()
    {
        _folder.Write("custom.yaml", Custom);
        Directory.CreateDirectory(Path.Combine(_folder.Path, "more"));
        _folder.Write("more/kustomization.yaml", $"namespace: {Namespace}\nconfigMapGenerator: [ {{ name: settings, literals: [ a=1 ], options: {{ disableNameSuffixHash: true }} }} ]\n");

        var dry = JsonNode.Parse((await _platform.RunOkAsync("deploy", _folder.Path, "--dry-run", "-o", "json")).Output)!;
        Assert.All(Clusters, c => Assert.Equal(4, dry[c]!["objects"]!.AsArray().Count(o => (string)o!["change"]! == "create")));
        Assert.NotEqual(0, (await _platform.KubectlAsync("hot", "get ns release-extra")).ExitCode);

        var release = await DeployAsync(_folder.Path);
        Assert.Equal("succeeded", (string)release["outcome"]!);
        foreach (var cluster in Clusters)
        {
            Assert.Equal("3", await _platform.KubectlOkAsync(cluster, "-n release-extra get widget w -o jsonpath={.spec.size}"));
            Assert.Equal("1", await _platform.KubectlOkAsync(cluster, $"-n {Namespace} get configmap settings -o jsonpath={{.data.a}}"));
        }

        Assert.Equal(0, (await _platform.RunAsync("diff", _folder.Path)).ExitCode);
        await _platform.KubectlOkAsync("hot", $"-n {Namespace} patch configmap settings -p {{\"data\":{{\"a\":\"2\"}}}}");
        var diff = await _platform.RunAsync("diff", _folder.Path);
        Assert.Equal(5, diff.ExitCode);
        Assert.Contains("data.a: \"2\" -> \"1\"", diff.Output);

        _folder.Remove("custom.yaml");
        await DeployAsync(_folder.Path);
        foreach (var cluster in Clusters)
        {
            Assert.Equal("1", await _platform.KubectlOkAsync(cluster, $"-n {Namespace} get configmap settings -o jsonpath={{.data.a}}"));
            await Eventually.TrueAsync(async () => (await _platform.KubectlAsync(cluster, "get ns release-extra")).ExitCode != 0, "the namespace is gone");
            Assert.NotEqual(0, (await _platform.KubectlAsync(cluster, "get crd widgets.example.com")).ExitCode);
        }
    }

    [Fact]
    public async Task Deploy_OfTheSame_ChangesNothing_AndRollbackReturns()
    {
        var before = await CurrentAsync();
        _folder.Replace("whoami.yaml", "replicas: 3", "replicas: 2");
        var release = await DeployAsync(_folder.Path);
        Assert.Equal(9, (int)release["objects"]!);
        Assert.NotEmpty(release["digests"]!.AsObject());

        Assert.False((bool)JsonNode.Parse((await _platform.RunOkAsync("deploy", _folder.Path, "-o", "json")).Output)!["changed"]!);
        Assert.Equal((int)release["number"]!, (int)(await CurrentAsync())["number"]!);

        var back = JsonNode.Parse((await _platform.RunOkAsync("rollback", "-o", "json")).Output)!["release"]!;
        Assert.Equal((string)before["hash"]!, (string)back["hash"]!);
        Assert.Equal((int)before["number"]!, (int)back["rollbackTo"]!);
        foreach (var cluster in Clusters)
            Assert.Equal("3", await _platform.KubectlOkAsync(cluster, $"-n {Namespace} get deployment whoami -o jsonpath={{.spec.replicas}}"));
    }

    [Fact]
    public async Task Deploy_ImageThatDoesNotExist_IsStoppedAtTheStandby_AndTheHotClusterIsNotTouched()
    {
        var before = await CurrentAsync();
        var hot = await VersionsAsync("hot");
        _folder.Replace("whoami.yaml", "image: docker.io/traefik/whoami:v1.11.0", "image: tandem.invalid/whoami:none");
        _folder.Write("fresh.yaml", $"apiVersion: v1\nkind: ConfigMap\nmetadata: {{ name: fresh, namespace: {Namespace} }}\n");

        var result = await _platform.RunAsync("deploy", _folder.Path, "--timeout", "8");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("is undone: the clusters are as they were", result.Error);
        Assert.Equal(hot, await VersionsAsync("hot"));
        Assert.NotEqual(0, (await _platform.KubectlAsync("standby", $"-n {Namespace} get configmap fresh")).ExitCode);
        Assert.Equal((int)before["number"]!, (int)(await CurrentAsync())["number"]!);
        var failed = (await ReleasesAsync())["releases"]!.AsArray()[^1]!;
        Assert.Equal(("failed", "untouched", "undone"), ((string)failed["outcome"]!, (string)failed["clusters"]!["hot"]!, (string)failed["clusters"]!["standby"]!));
    }

    [Fact]
    public async Task Deploy_ThatTheHotClusterCannotRun_IsUndoneInBoth()
    {
        _folder.Replace("whoami.yaml", "replicas: 3", "replicas: 5");
        _folder.Write("fresh.yaml", $"apiVersion: v1\nkind: ConfigMap\nmetadata: {{ name: fresh, namespace: {Namespace} }}\n");
        await _platform.KubectlOkAsync("hot", $"-n {Namespace} create quota tight --hard=pods=5");
        try
        {
            var result = await _platform.RunAsync("deploy", _folder.Path, "--timeout", "10");

            Assert.Equal(1, result.ExitCode);
            Assert.Contains("hot: not working after 10 s", result.Error);
        }
        finally
        {
            await _platform.KubectlOkAsync("hot", $"-n {Namespace} delete quota tight");
        }

        foreach (var cluster in Clusters)
        {
            Assert.Equal("3", await _platform.KubectlOkAsync(cluster, $"-n {Namespace} get deployment whoami -o jsonpath={{.spec.replicas}}"));
            Assert.NotEqual(0, (await _platform.KubectlAsync(cluster, $"-n {Namespace} get configmap fresh")).ExitCode);
        }
    }

    [Theory]
    [InlineData("standby: waiting for whoami", false)]
    [InlineData("hot: applying", true)]
    public async Task Deploy_KilledInBetween_IsUndoneOrCompletedByTheNextCall(string at, bool same)
    {
        var before = await CurrentAsync();
        _folder.Replace("whoami.yaml", "replicas: 3", "replicas: 4");
        await KillAtAsync(at);
        Assert.Equal("pending", (string)(await ReleasesAsync())["releases"]!.AsArray()[^1]!["outcome"]!);
        Assert.Equal(4, (await _platform.RunAsync("deploy", "--wait", "0")).ExitCode);

        await _platform.RunOkAsync(same ? ["deploy", _folder.Path] : ["deploy"]);

        var releases = (await ReleasesAsync())["releases"]!.AsArray();
        Assert.Equal(same ? "succeeded" : "failed", (string)releases[^1]!["outcome"]!);
        Assert.Equal((int)before["number"]! + 1, (int)releases[^1]!["number"]!);
        foreach (var cluster in Clusters)
            Assert.Equal(same ? "4" : "3", await _platform.KubectlOkAsync(cluster, $"-n {Namespace} get deployment whoami -o jsonpath={{.spec.replicas}}"));
    }

    [Fact]
    public async Task Deploy_TwoAtOnce_TheSecondWaitsForTheFirst()
    {
        using var other = new ReleaseFolder();
        _folder.Replace("whoami.yaml", "replicas: 3", "replicas: 2");
        other.Replace("whoami.yaml", "replicas: 3", "replicas: 1");
        var before = (int)(await CurrentAsync())["number"]!;

        var results = await Task.WhenAll(_platform.RunAsync("deploy", _folder.Path), _platform.RunAsync("deploy", other.Path));

        Assert.All(results, r => Assert.True(r.ExitCode == 0, r.Error));
        Assert.Single(results, r => r.Error.Contains("who is deploying", StringComparison.Ordinal));
        Assert.Equal(before + 2, (int)(await CurrentAsync())["number"]!);
        var replicas = await Task.WhenAll(Clusters.Select(c => _platform.KubectlOkAsync(c, $"-n {Namespace} get deployment whoami -o jsonpath={{.spec.replicas}}")));
        Assert.Single(replicas.Distinct());
    }

    [Fact]
    public async Task Deploy_WithTheStandbyAway_IsRefused_OrCaughtUpWith()
    {
        _folder.Replace("whoami.yaml", "replicas: 3", "replicas: 2");
        await LinkAsync("down");
        try
        {
            var refused = await _platform.RunAsync("deploy", _folder.Path);
            Assert.Equal(3, refused.ExitCode);
            Assert.Contains("--allow-degraded", refused.Error);

            await _platform.RunOkAsync("deploy", _folder.Path, "--allow-degraded");
            Assert.Equal("missing", (string)(await CurrentAsync())["clusters"]!["standby"]!);
        }
        finally
        {
            await LinkAsync("up");
        }

        // The agent does the same, and one of the two is first.
        await _platform.RunOkAsync("sync");
        Assert.Equal("2", await _platform.KubectlOkAsync("standby", $"-n {Namespace} get deployment whoami -o jsonpath={{.spec.replicas}}"));
        Assert.Equal("applied", (string)(await CurrentAsync())["clusters"]!["standby"]!);
        await Eventually.TrueAsync(
            async () => (await _platform.StatusAsync())["clusters"]!.AsArray().All(c => (bool)c!["healthy"]!), "both clusters are healthy", 120);
    }

    private async Task<JsonNode> DeployAsync(string path) =>
        JsonNode.Parse((await _platform.RunOkAsync("deploy", path, "-o", "json")).Output)!["release"]!;

    private async Task<JsonNode> ReleasesAsync() => JsonNode.Parse((await _platform.RunOkAsync("releases", "-o", "json")).Output)!;

    private async Task<JsonNode> CurrentAsync()
    {
        var all = await ReleasesAsync();
        return all["releases"]!.AsArray().Single(r => (int)r!["number"]! == (int)all["current"]!)!;
    }

    /// <summary>The generations of all that a release has in a cluster: they change with every change of what is wanted.</summary>
    private Task<string> VersionsAsync(string cluster) => _platform.KubectlOkAsync(
        cluster, $"-n {Namespace} get deployments,services,ingresses,networkpolicies -o custom-columns=:.metadata.name,:.metadata.generation,:.metadata.uid");

    private async Task KillAtAsync(string line)
    {
        using var deploy = ProcessRunner.StartPiped(TandemCommand.Create("deploy", _folder.Path, "-f", _platform.File, "--state", _platform.State));
        while (await deploy.StandardError.ReadLineAsync() is { } said && !said.Contains(line, StringComparison.Ordinal))
        {
            // Not there yet.
        }

        deploy.Kill();
        await deploy.WaitForExitAsync();
    }

    private Task LinkAsync(string state) => ProcessRunner.RunCheckedAsync(new Command("ip", "link", "set", $"{_platform.Bridge}-standby", state));
}
