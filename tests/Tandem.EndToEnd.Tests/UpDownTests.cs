using System.Net;
using System.Net.Sockets;
using Tandem.Processes;

namespace Tandem.EndToEnd.Tests;

/// <summary>The life of a platform from nothing to nothing, with everything that can go wrong at its beginning.</summary>
public sealed class UpDownTests : IAsyncLifetime
{
    private readonly TestPlatform _platform = new("e2elife", "tdlife", "10.79.0.0/24", 8253);

    public Task InitializeAsync()
    {
        _platform.WriteFile();
        return Task.CompletedTask;
    }

    public Task DisposeAsync() => _platform.DisposeAsync().AsTask();

    [Fact]
    public async Task Platform_InterruptedUpAgainAndDown_LeavesNothing()
    {
        var before = Machine.Snapshot(_platform.Bridge, _platform.Name);

        // Ctrl-C in the middle, once something runs. A shell that starts the tests in the background has them ignore it: not this one.
        var command = TandemCommand.Create("up", "-f", _platform.File, "--state", _platform.State);
        using (var up = ProcessRunner.StartPiped(new Command("env", ["--default-signal=INT", command.Program, .. command.Arguments])))
        {
            var output = up.StandardError.ReadToEndAsync();
            await Eventually.TrueAsync(() => Task.FromResult(File.Exists(_platform.Kubeconfig("hot"))), "the hot cluster starts");

            var second = await _platform.RunAsync("up");
            Assert.False(up.HasExited, "the first 'up' should still be at work");
            Assert.Equal(1, second.ExitCode);
            Assert.Contains("another tandem command is working on this platform", second.Error);

            await ProcessRunner.RunCheckedAsync(new Command("kill", "-INT", up.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)));
            await up.WaitForExitAsync();
            Assert.Equal(1, up.ExitCode);
            Assert.Contains("interrupted", await output);
        }

        await _platform.RunOkAsync("up");
        var pods = await _platform.KubectlOkAsync("hot", "get pods,deployments,daemonsets,services,secrets,ingresses -A --no-headers -o custom-columns=U:.metadata.uid,V:.metadata.resourceVersion");

        // Again: nothing changes.
        await _platform.RunOkAsync("up");
        Assert.Equal(pods, await _platform.KubectlOkAsync("hot", "get pods,deployments,daemonsets,services,secrets,ingresses -A --no-headers -o custom-columns=U:.metadata.uid,V:.metadata.resourceVersion"));
        Assert.True(Machine.ResidentMegabytes(_platform.StateOfPlatform) < 1200, "more than 1.2 GB resident");

        var shims = Machine.ShimSockets(_platform.StateOfPlatform);
        await _platform.RunOkAsync("down");
        Assert.Equal(before, Machine.Snapshot(_platform.Bridge, _platform.Name));
        Assert.All(shims, s => Assert.False(File.Exists(s), s));

        // The state is still there: what was deployed comes back as it was.
        var down = await _platform.RunAsync("status");
        Assert.Equal(3, down.ExitCode);
        Assert.Contains("tandem up", down.Error);
    }

    [Fact]
    public async Task Up_PortInUse_SaysWhichAndStartsNothing()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 8253);
        taken.Start();

        var result = await _platform.RunAsync("up");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("127.0.0.1:8253", result.Error);
        Assert.False(File.Exists("/run/netns/tandem-e2elife-hot"));
    }

    [Fact]
    public async Task Up_AddressInUse_SaysWhichAndStartsNothing()
    {
        await ProcessRunner.RunCheckedAsync(new Command("ip", "link", "add", "tdother", "type", "bridge"));
        try
        {
            await ProcessRunner.RunCheckedAsync(new Command("ip", "address", "add", "10.79.0.200/24", "dev", "tdother"));

            var result = await _platform.RunAsync("up");

            Assert.Equal(1, result.ExitCode);
            Assert.Contains("10.79.0.200 on tdother", result.Error);
        }
        finally
        {
            await ProcessRunner.RunCheckedAsync(new Command("ip", "link", "delete", "tdother"));
        }
    }

    [Fact]
    public async Task Up_NotRoot_SaysSo()
    {
        // Another user may not be able to read the build: it gets a copy.
        var copy = Directory.CreateTempSubdirectory("tandem-nobody-");
        try
        {
            var program = TandemCommand.Create().Arguments[0];
            await ProcessRunner.RunCheckedAsync(new Command("cp", "-r", Path.GetDirectoryName(program)!, copy.FullName + "/bin"));
            File.Copy(_platform.File, copy.FullName + "/platform.yaml");
            await ProcessRunner.RunCheckedAsync(new Command("cp", "-r", Path.Combine(TandemCommand.Root, "apps"), copy.FullName + "/apps"));
            var text = await File.ReadAllTextAsync(copy.FullName + "/platform.yaml");
            await File.WriteAllTextAsync(copy.FullName + "/platform.yaml", text.Replace(Path.Combine(TandemCommand.Root, "apps"), copy.FullName + "/apps", StringComparison.Ordinal));
            await ProcessRunner.RunCheckedAsync(new Command("chmod", "-R", "a+rX", copy.FullName));

            var result = await ProcessRunner.RunAsync(new Command(
                "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "dotnet", copy.FullName + "/bin/tandem.dll", "up", "-f", copy.FullName + "/platform.yaml")
            {
                Environment = new Dictionary<string, string?> { ["HOME"] = "/tmp", ["DOTNET_CLI_HOME"] = "/tmp" },
            });

            Assert.Equal(2, result.ExitCode);
            Assert.Contains("must run as root", result.Error);
        }
        finally
        {
            copy.Delete(recursive: true);
        }
    }
}
