using System.Diagnostics;
using Tandem.Processes;

namespace Tandem.Kubernetes.Tests.Api;

/// <summary>A real etcd on a Unix socket in a folder of its own.</summary>
internal sealed class Etcd : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tandem-etcd-").FullName;
    private Process? _process;

    public string Socket => Path.Combine(_folder, "client.sock:0");

    public async Task StartAsync()
    {
        _process = ProcessRunner.StartPiped(new Command(
            "etcd", "--name", "n", "--data-dir", Path.Combine(_folder, "data"),
            "--listen-client-urls", "unix://client.sock:0", "--advertise-client-urls", "unix://client.sock:0",
            "--listen-peer-urls", "unix://peer.sock:0", "--initial-advertise-peer-urls", "http://localhost:1",
            "--initial-cluster", "n=http://localhost:1", "--unsafe-no-fsync=true")
        { WorkingDirectory = _folder });
        _ = _process.StandardOutput.ReadToEndAsync();
        _ = _process.StandardError.ReadToEndAsync();
        await Eventually.TrueAsync(() => File.Exists(Socket), "etcd listens");
    }

    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
        File.Delete(Socket);
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process!.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
