using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Tandem.Host;
using Tandem.Host.Supervision;
using Tandem.LoadBalancer.Tests;
using Tandem.Platform.Tests;
using Tandem.Platform.Tests.Failover;
using Tandem.Processes;

namespace Tandem.Cli.Tests;

/// <summary>The commands as processes, against a real load balancer.</summary>
public sealed class FailbackTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private System.Diagnostics.Process? _agent;

    public void Dispose()
    {
        if (_agent is { HasExited: false })
            _agent.Kill();
        _agent?.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Failback_AfterTheAgentHeldTheStandby_ReturnsToHot()
    {
        await using var service = await Service.StartAsync("manual");
        Prepare(service);
        var agent = _agent = ProcessRunner.StartPiped(TandemProcess.Create(["agent", "--revision", "1", .. Where()]));
        var printed = agent.StandardOutput.ReadToEndAsync();
        var complained = agent.StandardError.ReadToEndAsync();
        service.Hot.Stop();
        var start = TimeProvider.System.GetTimestamp();
        while (await service.PreferredAsync() != "standby hot")
        {
            if (TimeProvider.System.GetElapsedTime(start) > TimeSpan.FromSeconds(30))
            {
                agent.Kill();
                Assert.Fail($"the agent does not hold the standby: {await printed}{await complained}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }

        var refused = await TandemProcess.RunAsync(["failback", .. Where()]);
        Assert.Equal((4, ""), (refused.ExitCode, refused.Output));
        Assert.Contains("the hot cluster is not healthy", refused.Error, StringComparison.Ordinal);

        service.Hot.Restart();
        await service.UntilAsync("hot", healthy: true);
        var status = await TandemProcess.RunAsync(["status", "-o", "json", .. Where()]);
        Assert.Equal((0, "standby"), (status.ExitCode, JsonDocument.Parse(status.Output).RootElement.GetProperty("serving").GetString()));

        var done = await TandemProcess.RunAsync(["failback", "-o", "json", .. Where()]);
        Assert.Equal(0, done.ExitCode);
        Assert.True(JsonDocument.Parse(done.Output).RootElement.GetProperty("changed").GetBoolean());
        Assert.Contains("preferred again", done.Error, StringComparison.Ordinal);
        Assert.Equal("hot standby", await service.PreferredAsync());

        ProcessIdentity.Of(agent.Id)!.Signal(15);
        await agent.WaitForExitAsync();
        Assert.Equal(0, agent.ExitCode);
        Assert.Contains("the standby is preferred until failback", await printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_LoadBalancerThatIsGone_Is3()
    {
        await using (var service = await Service.StartAsync("manual"))
            Prepare(service);

        var result = await TandemProcess.RunAsync(["status", .. Where()]);

        Assert.Equal((3, ""), (result.ExitCode, result.Output));
    }

    private string[] Where() => ["-f", _folder.File("platform.yaml"), "--state", _folder.File("state")];

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>What <c>tandem up</c> leaves: the plan and the token.</summary>
    private void Prepare(Service service)
    {
        File.WriteAllText(_folder.File("platform.yaml"), Sample.Minimal + $"    failback: manual\n  agent: {{ port: {FreePort()} }}\n");
        var state = new StateFolder("demo", _folder.File("state"));
        state.Create([]);
        File.WriteAllText(state.LoadBalancerToken, Service.Token);
        var balancer = new LoadBalancerPlan("127.0.0.1:53", service.Api.Port, "yourcompany.com", Service.Account, Service.Zone);
        File.WriteAllText(state.Plan, new HostPlan("demo", "", "tandem0", "10.77.0.1/24", [], balancer, "", [], "", null).ToJson());
    }
}
