using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Tandem.Bench.Kubernetes;
using Tandem.Host.Prerequisites;
using Tandem.Platform.Clusters;
using Tandem.Platform.Parity;
using Tandem.Platform.Parity.Watching;
using Tandem.Platform.Releases;

namespace Tandem.Bench.Parity;

/// <summary>
/// Two real clusters, without nodes, that have a large release: how long the first look takes, how long a verdict takes from running
/// watches, what the watches keep in memory, and how long after a change was sent the verdict has it.
/// </summary>
internal static class ParityBenchmark
{
    private const string Platform = "bench";
    private const int Verdicts = 50;

    public static async Task<int> RunAsync(int objects, int drifts, CancellationToken stop)
    {
        await DebianPackages.InstallAsync(["etcd-server"], stop);
        await using var one = await EtcdProcess.StartAsync(stop);
        await using var two = await EtcdProcess.StartAsync(stop);
        await using var hotProcess = (await ClusterProcess.StartAsync(one, stop)).Cluster;
        await using var standbyProcess = (await ClusterProcess.StartAsync(two, stop)).Cluster;
        using var hot = Cluster.Open("hot", hotProcess.Kubeconfig, null);
        using var standby = Cluster.Open("standby", standbyProcess.Kubeconfig, null);
        await DeployAsync([standby, hot], objects, stop);

        var before = GC.GetTotalMemory(forceFullCollection: true);
        var watch = new ParityWatch(hot, standby, Platform, TimeProvider.System);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var started = Stopwatch.GetTimestamp();
        var seen = new Notice();
        var keeper = new VerdictKeeper(watch, seen.Add, TimeProvider.System);
        Task[] running = [watch.RunAsync(end.Token), keeper.RunAsync(end.Token)];
        await seen.UntilAsync(v => v.Ready, stop);
        var first = Stopwatch.GetElapsedTime(started);
        var kept = GC.GetTotalMemory(forceFullCollection: true) - before;

        var verdicts = new List<double>();
        for (var i = 0; i < Verdicts; i++)
        {
            var at = Stopwatch.GetTimestamp();
            if (!ParityCheck.Judge(watch.View()).Ready)
                throw new InvalidOperationException("the clusters are not equal");
            verdicts.Add(Stopwatch.GetElapsedTime(at).TotalMilliseconds);
        }

        var noticed = new List<double>();
        using var client = standbyProcess.Client(HttpVersion.Version11);
        for (var i = 0; i < drifts; i++)
        {
            var name = Name(i * (objects / drifts));
            var at = Stopwatch.GetTimestamp();
            using (var body = new StringContent("""{"data":{"text":"drifted"}}""", Encoding.UTF8, "application/merge-patch+json"))
            using (var answer = await client.PatchAsync($"/api/v1/namespaces/{Platform}/configmaps/{name}", body, stop))
                answer.EnsureSuccessStatusCode();
            await seen.UntilAsync(v => v.Findings.Any(f => f.Code == "drifted" && f.Object == $"ConfigMap {Platform}/{name}"), stop);
            noticed.Add(Stopwatch.GetElapsedTime(at).TotalMilliseconds);
        }

        await end.CancelAsync();
        await Task.WhenAll(running);
        Console.WriteLine($"{objects} objects in each of two clusters: first verdict after {first.TotalSeconds:0.0} s, {kept / 1048576.0:0} MiB kept by the watches");
        Console.WriteLine($"a verdict from running watches: p50 {At(verdicts, 0.5):0} ms, longest {verdicts.Max():0} ms (aim: under 1000 ms)");
        Console.WriteLine($"{drifts} changes, from sending one to the verdict that has it: p50 {At(noticed, 0.5):0} ms, p99 {At(noticed, 0.99):0} ms, longest {noticed.Max():0} ms (aim: p99 under 1000 ms)");
        return At(noticed, 0.99) < 1000 && verdicts.Max() < 1000 ? 0 : 1;
    }

    private static async Task DeployAsync(IReadOnlyList<Cluster> clusters, int objects, CancellationToken stop)
    {
        var content = new ReleaseObjects(
            [
                new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Namespace", ["metadata"] = new JsonObject { ["name"] = Platform } },
                .. Enumerable.Range(0, objects).Select(i => new JsonObject
                {
                    ["apiVersion"] = "v1",
                    ["kind"] = "ConfigMap",
                    ["metadata"] = new JsonObject { ["name"] = Name(i), ["namespace"] = Platform },
                    ["data"] = new JsonObject { ["text"] = new string('x', 600) },
                }),
            ],
            new Dictionary<string, IReadOnlyDictionary<string, string>>());
        var manager = new ReleaseManager([.. clusters.Select(c => new ReleaseSite(c, Platform, Console.Error.WriteLine, TimeProvider.System))], Platform, Console.Error.WriteLine, TimeProvider.System);
        await manager.DeployAsync(content, new ReleaseOptions("bench") { Timeout = TimeSpan.FromMinutes(10) }, stop);
    }

    private static string Name(int i) => $"map-{i}";

    private static double At(List<double> all, double share) => all.Order().ElementAt((int)(share * (all.Count - 1)));
}
