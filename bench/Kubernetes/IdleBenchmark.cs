using Tandem.Host.Prerequisites;

namespace Tandem.Bench.Kubernetes;

/// <summary>How soon a cluster's process is ready after its start, new and again, and what it holds in memory when nothing happens.</summary>
internal static class IdleBenchmark
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(30);

    public static async Task<int> RunAsync(int rounds, CancellationToken stop)
    {
        await DebianPackages.InstallAsync(["etcd-server"], stop);
        for (var round = 1; round <= rounds; round++)
        {
            await using var etcd = await EtcdProcess.StartAsync(stop);
            var (first, created) = await ClusterProcess.StartAsync(etcd, stop);
            await first.DisposeAsync();
            var (again, ready) = await ClusterProcess.StartAsync(etcd, stop);
            await using var _ = again;
            await Task.Delay(Quiet, TimeProvider.System, stop);
            Console.WriteLine($"round {round}: ready {created.TotalSeconds:0.00} s after the start with nothing in etcd, {ready.TotalSeconds:0.00} s with its state there (aim 2 s); {again.ResidentMegabytes():0} MB resident after {Quiet.TotalSeconds:0} s (aim 180 MB)");
        }

        return 0;
    }
}
