using System.Diagnostics;
using Tandem.Processes;

namespace Tandem.Bench.Kubernetes;

/// <summary>An etcd as a cluster's, with every write on disk before it is acknowledged.</summary>
internal sealed class EtcdProcess : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tandem-bench-etcd-").FullName;
    private readonly Process _process;

    private EtcdProcess() => _process = ProcessRunner.StartPiped(new Command(
        "etcd", "--name", "n", "--data-dir", Path.Combine(_folder, "data"),
        "--listen-client-urls", "unix://client.sock:0", "--advertise-client-urls", "unix://client.sock:0",
        "--listen-peer-urls", "unix://peer.sock:0", "--initial-advertise-peer-urls", "http://localhost:1",
        "--initial-cluster", "n=http://localhost:1", "--log-level", "error")
    { WorkingDirectory = _folder });

    public string Socket => Path.Combine(_folder, "client.sock:0");

    public static async Task<EtcdProcess> StartAsync(CancellationToken stop)
    {
        var etcd = new EtcdProcess();
        _ = etcd._process.StandardOutput.ReadToEndAsync(stop);
        _ = etcd._process.StandardError.ReadToEndAsync(stop);
        while (!File.Exists(etcd.Socket))
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, stop);
        return etcd;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
