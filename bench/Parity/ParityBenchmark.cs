using System.Globalization;
using System.Text.Json.Nodes;
using Tandem.Bench.Kubernetes;
using Tandem.Host.Prerequisites;
using Tandem.Platform.Clusters;
using Tandem.Platform.Releases;
using Tandem.Processes;

namespace Tandem.Bench.Parity;

/// <summary>
/// Two real clusters, without nodes, that have a large release: how long the first look takes, how long a verdict takes from running
/// watches, what the watches keep in memory, and how long after a change was sent the verdict has it.
/// </summary>
internal static class ParityBenchmark
{
    internal const string Platform = "bench";

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

        var measured = await ProcessRunner.RunAsync(
            new Command(
                "dotnet", typeof(ParityBenchmark).Assembly.Location, "measure-parity", hotProcess.Kubeconfig, standbyProcess.Kubeconfig,
                objects.ToString(CultureInfo.InvariantCulture), drifts.ToString(CultureInfo.InvariantCulture)),
            stop);
        Console.Error.Write(measured.Error);
        Console.Write(measured.Output);
        return measured.ExitCode;
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

    internal static string Name(int i) => $"map-{i}";
}
