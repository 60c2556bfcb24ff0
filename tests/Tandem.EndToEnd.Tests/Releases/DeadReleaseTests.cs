using System.Text.Json.Nodes;
using Tandem.Platform.Clusters;
using Tandem.Platform.Releases;

namespace Tandem.EndToEnd.Tests.Releases;

/// <summary>A deployment that dies, after each of the changes that it makes: the next call completes or undoes it.</summary>
[Collection(nameof(DeployedPlatform))]
public sealed class DeadReleaseTests(PlatformFixture fixture) : IAsyncLifetime
{
    private const string Name = "dead";

    private static readonly string[] Clusters = ["hot", "standby"];

    private static readonly ReleaseObjects Before = Content(
        Namespace(), Map("changed", "1"), Map("leaves", "1"), Deployment(1));

    /// <summary>One object changes, one leaves, one comes, one is taken over from somebody else, and a workload rolls.</summary>
    private static readonly ReleaseObjects After = Content(
        Namespace(), Map("changed", "2"), Map("comes", "2"), Map("foreign", "2"), Deployment(2));

    private readonly TestPlatform _platform = fixture.Platform;
    private readonly string _folder = Directory.CreateTempSubdirectory("tandem-dead-").FullName;
    private readonly List<MortalDoor> _doors = [];
    private readonly List<Cluster> _clusters = [];

    public async Task InitializeAsync()
    {
        foreach (var cluster in Clusters)
        {
            var door = await MortalDoor.OpenAsync(_platform.Kubeconfig(cluster));
            await File.WriteAllTextAsync(Path.Combine(_folder, cluster), door.Kubeconfig);
            _doors.Add(door);
            _clusters.Add(Cluster.Open(cluster, Path.Combine(_folder, cluster), null));
        }
    }

    public async Task DisposeAsync()
    {
        await ForgetEverythingAsync();
        _clusters.ForEach(c => c.Dispose());
        foreach (var door in _doors)
            await door.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Deploy_DeadAfterAnyOfItsChanges_IsCompletedOrUndoneByTheNextCall()
    {
        var (changes, undone) = (0, 0);
        for (bool died = true, same = true; died; same = !same, changes++)
        {
            var before = await StartOverAsync();
            var life = new Lifetime(changes);
            var dies = await DeployAsync(After, life);
            died = life.Died;
            Assert.True(died == dies, $"{changes} changes: the deployment {(dies ? "failed" : "succeeded")}");

            // Whoever comes next would wait for the lease to be over.
            foreach (var cluster in Clusters)
                await _platform.KubectlOkAsync(cluster, $"-n tandem-system delete lease tandem-{Name} --ignore-not-found");
            Assert.False(await DeployAsync(same ? After : Before, new Lifetime(int.MaxValue)), $"the call after {changes} changes failed");

            var histories = await Task.WhenAll(_clusters.Select(c => new ReleaseStore(c, Name).ListAsync(default)));
            var told = histories.Select(h => string.Join(", ", h.Select(r => $"{r.Number} {r.Outcome} {r.Hash}"))).ToList();
            Assert.True(told[0] == told[1] && !told[0].Contains(nameof(ReleaseOutcome.Pending), StringComparison.Ordinal), $"{changes} changes: {string.Join(" | ", told)}");
            foreach (var (cluster, history) in Clusters.Zip(histories))
            {
                var labels = await _platform.KubectlOkAsync(cluster, $"-n tandem-system get secrets -l tandem.dev/platform={Name},tandem.dev/release -o jsonpath={{.items[*].metadata.labels.tandem\\.dev/release}}");
                Assert.Equal(history.Select(r => r.Number).Order(), labels.Split(' ').Select(int.Parse).Distinct().Order());
            }

            // One that had succeeded owns what it took over: the next release deletes that.
            var outcome = histories[0].FirstOrDefault(r => r.Number == before + 1 && r.Hash == After.Hash)?.Outcome;
            var succeeded = outcome == ReleaseOutcome.Succeeded;
            var expected = same ? "changed=2 comes=2 foreign=2 2" : succeeded ? "changed=1 leaves=1 1" : "changed=1 foreign=0 leaves=1 1";
            foreach (var cluster in _clusters)
                Assert.Equal((changes, cluster.Name, expected), (changes, cluster.Name, await StateAsync(cluster)));
            undone += outcome == ReleaseOutcome.Failed ? 1 : 0;
        }

        Assert.InRange(undone, 8, changes);
        // Two clusters with five objects, and what is written down before and after each step.
        Assert.InRange(changes, 25, 100);
    }

    private static ReleaseObjects Content(params string[] objects) =>
        new([.. objects.Select(o => JsonNode.Parse(o)!.AsObject())], new Dictionary<string, IReadOnlyDictionary<string, string>>());

    private static string Namespace() => $$$"""{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"{{{Name}}}"}}""";

    private static string Map(string name, string value) =>
        $$$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"{{{name}}}","namespace":"{{{Name}}}"},"data":{"v":"{{{value}}}"}}""";

    private static string Deployment(int version) => $$"""
        {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"idle","namespace":"{{Name}}"},"spec":{"replicas":0,"selector":{"matchLabels":{"app":"idle"} },
         "template":{"metadata":{"labels":{"app":"idle"} },"spec":{"containers":[{"name":"c","image":"none.invalid/idle:{{version}}"}]} } } }
        """;

    /// <summary>What a cluster has, apart from what it makes itself.</summary>
    private static async Task<string> StateAsync(Cluster cluster)
    {
        var maps = await cluster.ListAsync("v1", "ConfigMap", default, null, Name);
        var deployments = await cluster.ListAsync("apps/v1", "Deployment", default, null, Name);
        return string.Join(' ',
        [
            .. maps.Where(m => (string)m["metadata"]!["name"]! != "kube-root-ca.crt").Select(m => $"{m["metadata"]!["name"]}={m["data"]!["v"]}").Order(StringComparer.Ordinal),
            .. deployments.Select(d => ((string)d["spec"]!["template"]!["spec"]!["containers"]![0]!["image"]!).Split(':')[1]),
        ]);
    }

    /// <summary>The first release again, and somebody else's object as it was.</summary>
    /// <returns>The number of the last release.</returns>
    private async Task<int> StartOverAsync()
    {
        await DeployAsync(Before, new Lifetime(int.MaxValue));
        foreach (var cluster in Clusters)
            await _platform.KubectlOkAsync(cluster, "apply -f -", Map("foreign", "0"));
        return (await new ReleaseStore(_clusters[0], Name).ListAsync(default))[^1].Number;
    }

    /// <returns>Whether it failed.</returns>
    private async Task<bool> DeployAsync(ReleaseObjects content, Lifetime life)
    {
        _doors.ForEach(d => d.Visitor = life);
        var said = new List<string>();
        var sites = _clusters.AsEnumerable().Reverse().Select(c => new ReleaseSite(c, Name, said.Add, TimeProvider.System));
        try
        {
            await new ReleaseManager([.. sites], Name, said.Add, TimeProvider.System).DeployAsync(content, new ReleaseOptions("tests"), default);
            return false;
        }
        catch (Exception e) when (e is ReleaseFailedException or ClusterException)
        {
            if (!life.Died)
                throw new InvalidOperationException($"{e.Message}\n{string.Join('\n', said)}", e);
            return true;
        }
        finally
        {
            _doors.ForEach(d => d.Visitor = new Lifetime(int.MaxValue));
        }
    }

    private async Task ForgetEverythingAsync()
    {
        foreach (var cluster in Clusters)
        {
            await _platform.KubectlOkAsync(cluster, $"delete namespace {Name} --ignore-not-found --wait=false");
            var records = await _platform.KubectlOkAsync(cluster, "-n tandem-system get secrets,configmaps,leases -o name");
            foreach (var record in records.Split('\n').Where(r => r.Contains($"/tandem-{Name}", StringComparison.Ordinal)))
                await _platform.KubectlOkAsync(cluster, $"-n tandem-system delete {record}");
        }
    }
}
