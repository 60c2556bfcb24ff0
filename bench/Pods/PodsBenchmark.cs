using System.Diagnostics;
using System.Globalization;
using k8s;
using Tandem.Images;
using Tandem.Images.Recipes;
using Tandem.Host;

namespace Tandem.Bench.Pods;

/// <summary>
/// From <c>kubectl create</c> of a pod whose image is present to Ready, as a watch tells it: one by one, and all at once. In turn with
/// each, the same pod made by containerd alone: a sandbox, a container, started.
/// </summary>
internal static class PodsBenchmark
{
    public static async Task<int> RunAsync(int count, CancellationToken stop)
    {
        var builder = new ImageBuilder(StateFolder.ImageCache);
        var image = await builder.BuildAsync(PauseRecipe.Create(), stop);
        var platform = await BenchPlatform.UpAsync(stop);
        try
        {
            await using var containerd = await BareContainerd.StartAsync(image, await builder.ArchiveAsync([image], stop), stop);
            using var client = new k8s.Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(platform.Kubeconfig));
            await using var watch = new PodWatch(client);
            await platform.KubectlAsync(Pods(image, ["warm"]), stop, "create", "-f", "-");
            await watch.ReadyAsync(["warm"], stop);

            var (ours, kubectl, theirs) = (new List<double>(), new List<double>(), new List<double>());
            for (var i = 0; i < count; i++)
            {
                var name = $"one{i}";
                var began = Stopwatch.GetTimestamp();
                await platform.KubectlAsync(Pods(image, [name]), stop, "create", "-f", "-");
                kubectl.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
                ours.Add(Stopwatch.GetElapsedTime(began, await watch.ReadyAsync([name], stop)).TotalMilliseconds);
                await RemoveAsync([name]);

                began = Stopwatch.GetTimestamp();
                var sandbox = await containerd.RunPodAsync(name, stop);
                theirs.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
                await containerd.RemovePodAsync(sandbox, stop);
            }

            string[] names = [.. Enumerable.Range(0, count).Select(i => $"all{i}")];
            var start = Stopwatch.GetTimestamp();
            await platform.KubectlAsync(Pods(image, names), stop, "create", "-f", "-");
            var together = Stopwatch.GetElapsedTime(start, await watch.ReadyAsync(names, stop)).TotalSeconds;
            await RemoveAsync(names);
            start = Stopwatch.GetTimestamp();
            await Parallel.ForEachAsync(names, new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = stop }, async (name, token) => await containerd.RunPodAsync(name, token));
            var bare = Stopwatch.GetElapsedTime(start).TotalSeconds;

            Print($"one by one, {count} pods: p50 {At(ours, 0.5):0} ms (aim 700 ms), p99 {At(ours, 0.99):0} ms; of that kubectl itself p50 {At(kubectl, 0.5):0} ms; containerd alone p50 {At(theirs, 0.5):0} ms, p99 {At(theirs, 0.99):0} ms, {At(theirs, 0.5) / At(ours, 0.5):P0} of ours");
            Print($"{count} pods at once: {together:0.0} s (aim 15 s); containerd alone {bare:0.0} s, {bare / together:P0} of ours");

            async Task RemoveAsync(string[] gone)
            {
                await platform.KubectlAsync(null, stop, ["delete", "pod", "--grace-period=1", "--wait=false", .. gone]);
                await watch.GoneAsync(gone, stop);
            }
        }
        finally
        {
            await platform.DownAsync();
        }

        return 0;
    }

    private static string Pods(BuiltImage image, IEnumerable<string> names) => string.Join("\n---\n", names.Select(name => $$"""
        apiVersion: v1
        kind: Pod
        metadata: { name: {{name}} }
        spec: { automountServiceAccountToken: false, containers: [{ name: c, image: "{{image.Reference}}" }] }
        """));

    private static double At(IEnumerable<double> values, double share) => values.Order().ToList() is var sorted ? sorted[(int)Math.Ceiling(share * (sorted.Count - 1))] : 0;

    private static void Print(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
