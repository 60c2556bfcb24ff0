using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;

namespace Tandem.Kubernetes.Tests.Clocks;

/// <summary>The clock is set by an hour, forward or back, under a cluster at work.</summary>
public sealed class ClockStepTests : IAsyncLifetime
{
    private const string ConfigMaps = "/api/v1/namespaces/default/configmaps";
    private const string Tokens = "/api/v1/namespaces/default/serviceaccounts/default/token";

    private readonly SettableCluster _api = new();

    public Task InitializeAsync() => _api.InitializeAsync();

    public Task DisposeAsync() => _api.DisposeAsync();

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task Watch_WhileWritesGoOn_ShowsEachAcknowledgedOneInOrder(int hours)
    {
        using var watching = new StreamReader(await _api.Client.GetStreamAsync(ConfigMaps + "?watch=true"));
        using var stop = new CancellationTokenSource();
        var acknowledged = new ConcurrentBag<string>();
        var writing = Task.Run(async () =>
        {
            for (var i = 0; !stop.IsCancellationRequested; i++)
            {
                var (code, _) = await _api.SendAsync(HttpMethod.Post, ConfigMaps, $$$"""{"metadata":{"name":"w{{{i}}}"}}""");
                Assert.Equal(HttpStatusCode.Created, code);
                acknowledged.Add($"w{i}");
            }
        });
        await Eventually.TrueAsync(() => acknowledged.Count > 50, "writes are acknowledged");

        Step(hours);

        var before = acknowledged.Count;
        await Eventually.TrueAsync(() => acknowledged.Count > before + 50, "writes go on");
        await stop.CancelAsync();
        await writing;
        await _api.SendAsync(HttpMethod.Post, ConfigMaps, """{"metadata":{"name":"last"}}""");
        var seen = new List<string>();
        var revision = 0L;
        while (seen is not [.., "last"])
        {
            var change = JsonNode.Parse((await watching.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(10)))!)!;
            Assert.Equal("ADDED", (string?)change["type"]);
            var metadata = change["object"]!["metadata"]!;
            var next = long.Parse((string)metadata["resourceVersion"]!, System.Globalization.CultureInfo.InvariantCulture);
            Assert.True(next > revision, $"{next} after {revision}");
            (revision, seen) = (next, [.. seen, (string)metadata["name"]!]);
        }

        Assert.Empty(acknowledged.Except(seen));
    }

    [Fact]
    public async Task Tokens_ClockSetBack_LiveOn()
    {
        var token = await TokenAsync();

        Step(-1);

        Assert.Equal(HttpStatusCode.OK, await AskAsync(token));
    }

    [Fact]
    public async Task Tokens_ClockSetForwardBeyondTheirTime_EndAndNewOnesAreGood()
    {
        var token = await TokenAsync();
        Assert.Equal(HttpStatusCode.OK, await AskAsync(token));

        Step(1);

        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(token));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(await TokenAsync()));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task Node_AfterwardsAndIdle_RenewsItsLeaseAndLittleElseIsWritten(int hours)
    {
        await RenewedAsync(default);

        Step(hours);

        var first = await RenewedAsync(_api.Clock.GetUtcNow().UtcDateTime);
        var before = await RevisionAsync();
        var second = await RenewedAsync(first.AddSeconds(1));
        Assert.InRange((second - first).TotalSeconds, 9, 15);
        Assert.InRange(await RevisionAsync() - before, 1, 5); // two leases at most, events of the node
    }

    [Fact]
    public async Task Job_ClockSetBackDuringItsBackOff_ReplacesItsPod()
    {
        var spec = new { metadata = new { name = "j" }, spec = new { template = new { spec = new { restartPolicy = "Never", containers = new[] { new { name = "c", image = "x" } } } } } };
        await _api.SendAsync(HttpMethod.Post, "/apis/batch/v1/namespaces/default/jobs", KubernetesJson.Serialize(spec));
        await Eventually.TrueAsync(async () => (await PodsAsync()).Count == 1, "the Job has a pod");
        var failed = new { status = new { phase = "Failed", containerStatuses = new[] { new { name = "c", image = "x", imageID = "", ready = false, restartCount = 0, state = new { terminated = new { exitCode = 1, finishedAt = _api.Clock.GetUtcNow().UtcDateTime } } } } } };
        await _api.Cluster.CoreV1.PatchNamespacedPodStatusAsync(
            new V1Patch(KubernetesJson.Serialize(failed), V1Patch.PatchType.MergePatch), (await PodsAsync())[0].Metadata.Name, "default");

        Step(-1);

        await Eventually.TrueAsync(async () => (await PodsAsync()).Any(p => p.Status.Phase != "Failed"), "the Job has another pod");
    }

    [Fact]
    public async Task CronJob_ClockSetBack_StartsTheNextMinutesJob()
    {
        var spec = new { metadata = new { name = "c" }, spec = new { schedule = "* * * * *", jobTemplate = new { spec = new { template = new { spec = new { restartPolicy = "Never", containers = new[] { new { name = "c", image = "x" } } } } } } } };
        await _api.SendAsync(HttpMethod.Post, "/apis/batch/v1/namespaces/default/cronjobs", KubernetesJson.Serialize(spec));
        var now = _api.Clock.GetUtcNow();
        await _api.SendAsync(HttpMethod.Patch, "/apis/batch/v1/namespaces/default/cronjobs/c/status", KubernetesJson.Serialize(new { status = new { lastScheduleTime = now.UtcDateTime } }), "application/merge-patch+json");

        var shortly = new DateTimeOffset(now.Year, now.Month, now.Day, now.Hour, now.Minute, 55, TimeSpan.Zero).AddHours(-1);
        _api.Clock.Set(shortly);
        await _api.SendAsync(HttpMethod.Patch, "/apis/batch/v1/namespaces/default/cronjobs/c", """{"metadata":{"labels":{"looked":"at"}}}""", "application/merge-patch+json");

        var expected = $"c-{shortly.AddSeconds(5).ToUnixTimeSeconds() / 60}";
        await Eventually.TrueAsync(
            async () => (await _api.Cluster.BatchV1.ListNamespacedJobAsync("default")).Items.Any(j => j.Metadata.Name == expected), $"Job {expected} is there");
    }

    private void Step(int hours) => _api.Clock.Set(_api.Clock.GetUtcNow().AddHours(hours));

    private async Task<IList<V1Pod>> PodsAsync() => (await _api.Cluster.CoreV1.ListNamespacedPodAsync("default")).Items;

    private async Task<string> TokenAsync()
    {
        await Eventually.TrueAsync(async () => (await _api.SendAsync(HttpMethod.Get, Tokens[..^6])).Code == HttpStatusCode.OK, "the account is there");
        return (string)(await _api.SendAsync(HttpMethod.Post, Tokens, "{}")).Body!["status"]!["token"]!;
    }

    /// <summary>Over a connection of its own.</summary>
    private async Task<HttpStatusCode> AskAsync(string token)
    {
        using var client = _api.Anonymous();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await client.GetAsync("/apis");
        return answer.StatusCode;
    }

    private async Task<long> RevisionAsync() => long.Parse(
        (string)(await _api.SendAsync(HttpMethod.Get, ConfigMaps)).Body!["metadata"]!["resourceVersion"]!, System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>When the node renewed its lease, after a time and within half a minute of it.</summary>
    private async Task<DateTime> RenewedAsync(DateTime after)
    {
        DateTime? renewed = null;
        await Eventually.TrueAsync(
            async () =>
            {
                var leases = await _api.Cluster.CoordinationV1.ListNamespacedLeaseAsync("kube-node-lease");
                renewed = leases.Items.SingleOrDefault()?.Spec.RenewTime?.ToUniversalTime();
                return renewed > after && (after == default || renewed < after.AddSeconds(30));
            },
            () => $"the lease is renewed after {after:O}, but it is of {renewed:O}");
        return renewed!.Value;
    }
}
