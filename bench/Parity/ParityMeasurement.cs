using System.Diagnostics;
using System.Text.Json.Nodes;
using Tandem.Platform.Clusters;
using Tandem.Platform.Parity;
using Tandem.Platform.Parity.Watching;

namespace Tandem.Bench.Parity;

/// <summary>The part of the benchmark that watches: a process of its own, so that its memory is that of the watches.</summary>
internal static class ParityMeasurement
{
    private const int Verdicts = 50;

    public static async Task<int> RunAsync(string hotKubeconfig, string standbyKubeconfig, int objects, int drifts, CancellationToken stop)
    {
        using var hot = Cluster.Open("hot", hotKubeconfig, null);
        using var standby = Cluster.Open("standby", standbyKubeconfig, null);
        var watch = new ParityWatch(hot, standby, ParityBenchmark.Platform, TimeProvider.System);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var started = Stopwatch.GetTimestamp();
        var seen = new Notice();
        var keeper = new VerdictKeeper(watch, seen.Add, TimeProvider.System);
        Task[] running = [watch.RunAsync(end.Token), keeper.RunAsync(end.Token)];
        await seen.UntilAsync(v => v.Ready, stop);
        var first = Stopwatch.GetElapsedTime(started);

        var verdicts = new List<double>();
        for (var i = 0; i < Verdicts; i++)
        {
            var at = Stopwatch.GetTimestamp();
            if (!ParityCheck.Judge(watch.View()).Ready)
                throw new InvalidOperationException("the clusters are not equal");
            verdicts.Add(Stopwatch.GetElapsedTime(at).TotalMilliseconds);
        }

        var noticed = new List<double>();
        for (var i = 0; i < drifts; i++)
        {
            var reference = new ObjectReference("v1", "ConfigMap", ParityBenchmark.Platform, ParityBenchmark.Name(i * (objects / drifts)));
            var changed = (await standby.GetAsync(reference, stop))!;
            changed["data"] = new JsonObject { ["text"] = "drifted" };
            var at = Stopwatch.GetTimestamp();
            await standby.ReplaceAsync(changed, stop);
            await seen.UntilAsync(v => v.Findings.Any(f => f.Code == "drifted" && f.Object == reference.ToString()), stop);
            noticed.Add(Stopwatch.GetElapsedTime(at).TotalMilliseconds);
        }

        var resident = Environment.WorkingSet;
        var heap = GC.GetTotalMemory(forceFullCollection: true);
        await end.CancelAsync();
        await Task.WhenAll(running);
        Console.WriteLine($"{objects} objects in each of two clusters: first verdict after {first.TotalSeconds:0.0} s; {heap / 1048576.0:0} MiB live, {resident / 1048576.0:0} MiB resident");
        Console.WriteLine($"a verdict from running watches: p50 {At(verdicts, 0.5):0} ms, longest {verdicts.Max():0} ms (aim: under 1000 ms)");
        Console.WriteLine($"{drifts} changes, from sending one to the verdict that has it: p50 {At(noticed, 0.5):0} ms, p99 {At(noticed, 0.99):0} ms, longest {noticed.Max():0} ms (aim: p99 under 1000 ms)");
        return At(noticed, 0.99) < 1000 && verdicts.Max() < 1000 ? 0 : 1;
    }

    private static double At(List<double> all, double share) => all.Order().ElementAt((int)(share * (all.Count - 1)));
}
