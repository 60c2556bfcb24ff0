using System.Diagnostics;
using System.Net;
using Tandem.Bench.Kubernetes;
using Tandem.Host.Prerequisites;
using Tandem.Processes;

namespace Tandem.Bench.Releases;

/// <summary>
/// 1,000 objects to two clusters: <c>tandem deploy</c> beside <c>kubectl apply --server-side</c> on one cluster after the other, and a deployment in
/// which nothing changed. Each on clusters of its own, which have run for a moment and been given 100 objects, in alternating rounds. The Deployments have no replicas, since there is no containerd.
/// </summary>
internal static class DeployBenchmark
{
    private const int Namespaces = 10;
    private const int OfEachKind = 25;

    public static async Task<int> RunAsync(int rounds, CancellationToken stop)
    {
        await DebianPackages.InstallAsync(["etcd-server"], stop);
        var folder = Directory.CreateTempSubdirectory("tandem-bench-deploy-").FullName;
        var apps = Directory.CreateDirectory(Path.Combine(folder, "apps")).FullName;
        for (var i = 0; i < Namespaces; i++)
            await File.WriteAllTextAsync(Path.Combine(apps, $"n{i}.yaml"), Manifests($"n{i}"), stop);
        await File.WriteAllTextAsync(Path.Combine(folder, "before.yaml"), Manifests("before"), stop);
        await File.WriteAllTextAsync(Path.Combine(folder, "token"), "secret", stop);
        await using var balancer = BalancerProcess.Start(Configurations.OneService(new IPEndPoint(IPAddress.Loopback, 9), new IPEndPoint(IPAddress.Loopback, 9), 1));
        var (kubectl, tandem, again) = (new List<double>(), new List<double>(), new List<double>());
        for (var round = 1; round <= rounds; round++)
        {
            kubectl.Add(await OnTwoClustersAsync(async clusters =>
            {
                var took = Stopwatch.GetTimestamp();
                foreach (var cluster in clusters)
                    await ProcessRunner.RunCheckedAsync(new Command("kubectl", $"--kubeconfig={cluster.Kubeconfig}", "apply", "--server-side", "-f", apps), stop);
                return Stopwatch.GetElapsedTime(took).TotalSeconds;
            }));
            tandem.Add(await OnTwoClustersAsync(async clusters =>
            {
                await File.WriteAllTextAsync(Path.Combine(folder, "platform.yaml"), PlatformFile(clusters, balancer.ApiPort), stop);
                var first = await DeployAsync();
                again.Add(await DeployAsync());
                return first;
            }));
            Console.Error.WriteLine($"round {round}: kubectl {kubectl[^1]:0.0} s, tandem {tandem[^1]:0.0} s, again {again[^1]:0.00} s");
        }

        Directory.Delete(folder, recursive: true);
        var ratios = tandem.Zip(kubectl, (t, k) => t / k).Order().ToList();
        Console.WriteLine(
            $"{Namespaces * OfEachKind * 4} objects to two clusters: kubectl {Median(kubectl):0.0} s, tandem {Median(tandem):0.0} s, ratio {ratios[rounds / 2]:0.00} (aim 0.2); nothing changed {Median(again):0.00} s (aim 1 s)");
        return 0;

        async Task<double> DeployAsync()
        {
            var took = Stopwatch.GetTimestamp();
            await ProcessRunner.RunCheckedAsync(
                new Command("dotnet", Sources.Cli, "deploy", "-f", Path.Combine(folder, "platform.yaml"), "--state", Path.Combine(folder, "state")), stop);
            return Stopwatch.GetElapsedTime(took).TotalSeconds;
        }

        async Task<double> OnTwoClustersAsync(Func<IReadOnlyList<ClusterProcess>, Task<double>> work)
        {
            await using var etcd1 = await EtcdProcess.StartAsync(stop);
            await using var etcd2 = await EtcdProcess.StartAsync(stop);
            var (one, _) = await ClusterProcess.StartAsync(etcd1, stop);
            await using var _1 = one;
            var (two, _) = await ClusterProcess.StartAsync(etcd2, stop);
            await using var _2 = two;
            foreach (var cluster in new[] { one, two })
                await ProcessRunner.RunCheckedAsync(
                    new Command("kubectl", $"--kubeconfig={cluster.Kubeconfig}", "apply", "--server-side", "-f", Path.Combine(folder, "before.yaml")), stop);
            return await work([one, two]);
        }
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static string PlatformFile(IReadOnlyList<ClusterProcess> clusters, int api) => $$"""
        apiVersion: tandem.dev/v1alpha1
        kind: Platform
        metadata: { name: bench }
        spec:
          hostname: host0.example.com
          clusters:
            hot: { kubeconfig: {{clusters[0].Kubeconfig}} }
            standby: { kubeconfig: {{clusters[1].Kubeconfig}} }
          loadBalancer:
            cloudflare: { accountId: 0123456789abcdef0123456789abcdef, zoneId: fedcba9876543210fedcba9876543210, baseUrl: "http://127.0.0.1:{{api}}/client/v4/", apiTokenFrom: { file: token } }
          apps: [ apps ]
        """;

    private static string Manifests(string name) => $"apiVersion: v1\nkind: Namespace\nmetadata: {{ name: {name} }}\n" + string.Concat(Enumerable.Range(0, OfEachKind).Select(i => $$"""
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: { name: m{{i}}, namespace: {{name}} }
        data: { text: "{{new string('x', 1000)}}" }
        ---
        apiVersion: v1
        kind: ServiceAccount
        metadata: { name: a{{i}}, namespace: {{name}} }
        ---
        apiVersion: v1
        kind: Service
        metadata: { name: s{{i}}, namespace: {{name}} }
        spec: { selector: { app: d{{i}} }, ports: [ { port: 80 } ] }
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: d{{i}}, namespace: {{name}} }
        spec:
          replicas: 0
          selector: { matchLabels: { app: d{{i}} } }
          template: { metadata: { labels: { app: d{{i}} } }, spec: { containers: [ { name: c, image: none } ] } }

        """));
}
