using System.Diagnostics;
using Tandem.Processes;

namespace Tandem.Images.Tests;

/// <summary>A containerd of a test's own, in folders of its own.</summary>
internal sealed class Containerd : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Process _process;

    private Containerd()
    {
        var config = _folder["config.toml"];
        File.WriteAllText(config, $"""
            version = 2
            root = "{_folder["root"]}"
            state = "{_folder["state"]}"
            disabled_plugins = ["io.containerd.grpc.v1.cri"]
            [grpc]
              address = "{Socket}"
            """);
        _process = ProcessRunner.StartPiped(new Command("containerd", "--config", config, "--log-level", "error"));
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string Socket => _folder["containerd.sock"];

    public static async Task<Containerd> StartAsync()
    {
        var containerd = new Containerd();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while ((await containerd.TryCtrAsync(limit.Token, "version")).ExitCode != 0)
            limit.Token.ThrowIfCancellationRequested();
        return containerd;
    }

    public async Task<string> CtrAsync(params string[] arguments)
    {
        var result = await TryCtrAsync(CancellationToken.None, arguments);
        return result.ExitCode == 0 ? result.Output : throw new ProcessFailedException(result);
    }

    public Task<ProcessResult> TryCtrAsync(CancellationToken cancellationToken, params string[] arguments) =>
        ProcessRunner.RunAsync(new Command("ctr", ["--address", Socket, "--namespace", "k8s.io", .. arguments]), cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await ProcessRunner.RunAsync(new Command("kill", $"{_process.Id}"));
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Dispose();
    }
}
