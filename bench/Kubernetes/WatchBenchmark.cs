using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics;
using System.IO.Pipelines;
using System.Net;
using System.Text;
using Tandem.Host.Prerequisites;

namespace Tandem.Bench.Kubernetes;

/// <summary>How long after a write was sent 200 watchers have its event, at 500 writes a second; and whether each has every event in order.</summary>
internal static class WatchBenchmark
{
    private const int Watchers = 200;
    private const int PerSecond = 500;
    private const int Writers = 16;
    private const string Maps = "/api/v1/namespaces/default/configmaps";

    public static async Task<int> RunAsync(int seconds, CancellationToken stop)
    {
        await DebianPackages.InstallAsync(["etcd-server"], stop);
        await using var etcd = await EtcdProcess.StartAsync(stop);
        var (cluster, _) = await ClusterProcess.StartAsync(etcd, stop);
        await using var _1 = cluster;
        using var client = cluster.Client(HttpVersion.Version20);
        for (var i = 0; i < Writers; i++)
            using (await client.PostAsync(Maps, Json($$$"""{"metadata":{"name":"w{{{i}}}"}}"""), stop))
                await Task.Yield();

        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var latencies = new List<double>[Watchers];
        var disorder = 0;
        var total = seconds * PerSecond;
        var streams = await Task.WhenAll(Enumerable.Range(0, Watchers).Select(_ => client.GetStreamAsync($"{Maps}?watch=true&labelSelector=bench%3Dwatch", stop)));
        var watching = streams.Select((stream, i) => Task.Run(() => ReadAsync(stream, latencies[i] = new List<double>(total), total, end.Token), stop)).ToList();

        var sent = 0;
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref sent) is var number && number <= total)
            {
                var due = TimeSpan.FromSeconds((double)number / PerSecond);
                if (due - Stopwatch.GetElapsedTime(start) is { Ticks: > 0 } wait)
                    await Task.Delay(wait, TimeProvider.System, stop);
                var body = $$$"""{"metadata":{"labels":{"bench":"watch"}},"data":{"sent":"{{{Stopwatch.GetTimestamp()}}}","n":"{{{number}}}"}}""";
                using var answer = await client.PatchAsync($"{Maps}/w{writer}", new StringContent(body, Encoding.UTF8, "application/merge-patch+json"), stop);
                answer.EnsureSuccessStatusCode();
            }
        }, stop)));
        var wrote = Stopwatch.GetElapsedTime(start).TotalSeconds;
        await Task.WhenAny(Task.WhenAll(watching), Task.Delay(TimeSpan.FromSeconds(10), TimeProvider.System, stop));
        await end.CancelAsync();
        disorder = (await Task.WhenAll(watching)).Sum();

        var all = latencies.SelectMany(l => l).Order().ToList();
        Console.WriteLine($"{total} writes in {wrote:0.0} s ({total / wrote:0}/s), {Watchers} watchers, {all.Count} of {total * Watchers} events received, {disorder} out of order");
        Console.WriteLine($"from the write to the event: p50 {At(0.5):0.0} ms, p99 {At(0.99):0.0} ms, longest {all[^1]:0.0} ms (aim: p99 under 100 ms)");
        return all.Count == total * Watchers && disorder == 0 ? 0 : 1;

        double At(double share) => all[(int)(share * (all.Count - 1))];
    }

    /// <summary>Reads without making texts of the lines: the collector of this process is not what is to be measured.</summary>
    /// <returns>How many events came with a resourceVersion not above the one before.</returns>
    private static async Task<int> ReadAsync(Stream stream, List<double> latencies, int total, CancellationToken stop)
    {
        var reader = PipeReader.Create(stream);
        var (last, disorder) = (0L, 0);
        try
        {
            while (latencies.Count < total)
            {
                var read = await reader.ReadAsync(stop);
                var now = Stopwatch.GetTimestamp();
                var buffer = read.Buffer;
                while (TryReadLine(ref buffer, out var sent, out var version))
                {
                    latencies.Add(Stopwatch.GetElapsedTime(sent, now).TotalMilliseconds);
                    disorder += version > last ? 0 : 1;
                    last = version;
                }

                reader.AdvanceTo(buffer.Start, buffer.End);
                if (read.IsCompleted)
                    break;
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Not all events came in time; the count says so.
        }

        return disorder;
    }

    private static bool TryReadLine(ref ReadOnlySequence<byte> buffer, out long sent, out long version)
    {
        (sent, version) = (0, 0);
        if (buffer.PositionOf((byte)'\n') is not { } end)
            return false;
        var line = buffer.Slice(0, end);
        Span<byte> copy = stackalloc byte[checked((int)line.Length)];
        line.CopyTo(copy);
        sent = Number(copy, "\"sent\":\""u8);
        version = Number(copy, "\"resourceVersion\":\""u8);
        buffer = buffer.Slice(buffer.GetPosition(1, end));
        return true;
    }

    private static long Number(ReadOnlySpan<byte> line, ReadOnlySpan<byte> field)
    {
        var rest = line[(line.IndexOf(field) + field.Length)..];
        return Utf8Parser.TryParse(rest, out long number, out _) ? number : throw new InvalidDataException("an event has no such number");
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");
}
