using System.Diagnostics;
using System.Net;
using Tandem.Host.Networking;
using Tandem.Processes;

namespace Tandem.Host.Tests.Networking;

/// <summary>A cluster's network namespace, and a name server in another one.</summary>
public sealed class StubResolverTests : IAsyncLifetime
{
    private static readonly string Suffix = Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture);
    private readonly string _cluster = "tdstub-c" + Suffix;
    private readonly string _world = "tdstub-w" + Suffix;
    private Process? _unbound;

    public async Task InitializeAsync()
    {
        foreach (var name in new[] { _cluster, _world })
        {
            await IpAsync($"netns add {name}");
            await IpAsync($"-n {name} link set lo up");
        }

        await IpAsync($"-n {_cluster} link add eth0 type veth peer name eth0 netns {_world}");
        foreach (var (name, address) in new[] { (_cluster, "192.0.2.2"), (_world, "192.0.2.1") })
        {
            await IpAsync($"-n {name} address add {address}/24 dev eth0");
            await IpAsync($"-n {name} link set eth0 up");
        }

        var folder = Directory.CreateTempSubdirectory("tandem-stub-").FullName;
        await File.WriteAllTextAsync(folder + "/unbound.conf", $$"""
            server:
              interface: 192.0.2.1
              access-control: 192.0.2.0/24 allow
              do-daemonize: no
              username: ""
              chroot: ""
              directory: "{{folder}}"
              pidfile: ""
              use-syslog: no
              local-zone: "registry.example." static
              local-data: "registry.example. A 198.51.100.7"
            remote-control:
              control-enable: no
            """);
        _unbound = ProcessRunner.StartPiped(new Command("nsenter", $"--net=/run/netns/{_world}", "unbound", "-c", folder + "/unbound.conf"));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!(await DigAsync("192.0.2.1")).Contains("198.51.100.7", StringComparison.Ordinal))
            limit.Token.ThrowIfCancellationRequested();
    }

    public async Task DisposeAsync()
    {
        _unbound!.Kill();
        await _unbound.WaitForExitAsync();
        _unbound.Dispose();
        foreach (var name in new[] { _cluster, _world })
            await IpAsync($"netns delete {name}");
    }

    [Fact]
    public async Task ApplyAsync_ServersBehindAStub_AnswerWhatTheLoopbackIsAsked()
    {
        Assert.DoesNotContain("198.51.100.7", await DigAsync("127.0.0.53"), StringComparison.Ordinal);

        await StubResolver.ApplyAsync("/run/netns/" + _cluster, [IPAddress.Parse("192.0.2.1")], CancellationToken.None);

        Assert.Equal("198.51.100.7", (await DigAsync("127.0.0.53")).Trim());
        Assert.Equal("198.51.100.7", (await DigAsync("127.0.0.53", "+tcp")).Trim());

        await StubResolver.ApplyAsync("/run/netns/" + _cluster, [], CancellationToken.None);
        Assert.DoesNotContain("198.51.100.7", await DigAsync("127.0.0.53"), StringComparison.Ordinal);
    }

    private async Task<string> DigAsync(string server, params string[] more) => (await ProcessRunner.RunAsync(
        new Command("nsenter", [$"--net=/run/netns/{_cluster}", "dig", "+short", "+time=1", "+tries=1", .. more, $"@{server}", "registry.example", "A"]))).Output;

    private static Task IpAsync(string arguments) => ProcessRunner.RunCheckedAsync(new Command("ip", arguments.Split(' ')));
}
