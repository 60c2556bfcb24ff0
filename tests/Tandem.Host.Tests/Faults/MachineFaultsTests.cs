using System.Net.NetworkInformation;
using Microsoft.Extensions.Logging.Abstractions;
using Tandem.Host.Faults;
using Tandem.Host.Networking;
using Tandem.Host.Supervision;
using Tandem.LoadBalancer.Tests;
using Tandem.Processes;

namespace Tandem.Host.Tests.Faults;

/// <summary>Real links, rules and processes, in a network of the test's own.</summary>
public sealed class MachineFaultsTests : IAsyncLifetime
{
    private const string Node = "10.97.0.11";

    private static readonly HostPlan Plan = new(
        "flt", "/programs", "tdflt", "10.97.0.1/24", [new ClusterPlan("hot", Node)], null, "/images.tar", [], "pause:1", null);

    private readonly TemporaryFolder _folder = new();
    private readonly PlatformNetwork _network = new(Plan);
    private readonly List<ProcessIdentity> _started = [];
    private StateFolder _state = null!;
    private MachineFaults _faults = null!;

    public async Task InitializeAsync()
    {
        _state = new StateFolder("flt", _folder.File(""));
        _state.Create(["hot"]);
        _faults = new MachineFaults(Plan, _state);
        await _network.CreateAsync(CancellationToken.None);
    }

    public async Task DisposeAsync()
    {
        foreach (var process in _started)
            await ProcessEnd.StopAsync(process, TimeSpan.Zero, TimeProvider.System, CancellationToken.None);
        foreach (var kind in Enum.GetValues<MachineFaultKind>())
            await _faults.HealAsync(new MachineFault(kind, "hot"), CancellationToken.None);
        await _network.RemoveAsync(CancellationToken.None);
        _folder.Dispose();
    }

    [Theory]
    [InlineData(MachineFaultKind.LinkDown)]
    [InlineData(MachineFaultKind.AnswersLost)]
    public async Task InjectAsync_Link_CutsTheClusterOffUntilItIsHealed(MachineFaultKind kind)
    {
        var fault = new MachineFault(kind, "hot");
        await ServesAsync();

        await _faults.InjectAsync(fault, CancellationToken.None);

        Assert.Equal(0, await AnswersAsync(3));
        Assert.Equal([fault], FaultJournal.Read(_state)!.Faults);
        await _faults.HealAsync(fault, CancellationToken.None);
        await _faults.HealAsync(fault, CancellationToken.None);
        await ServesAsync();
        Assert.Null(FaultJournal.Read(_state));
    }

    [Fact]
    public async Task InjectAsync_PacketsLost_LosesSomeAndNotAll()
    {
        await ServesAsync();

        await _faults.InjectAsync(new MachineFault(MachineFaultKind.PacketsLost, "hot"), CancellationToken.None);

        // 20 % of 200: beyond these bounds once in a million runs.
        Assert.InRange(await AnswersAsync(200), 132, 187);
    }

    [Theory]
    [InlineData(MachineFaultKind.ApiStopped, "hot-cluster")]
    [InlineData(MachineFaultKind.EtcdStopped, "hot-etcd")]
    public async Task InjectAsync_Process_StopsItUntilItIsHealed(MachineFaultKind kind, string name)
    {
        var process = Run(name);

        await _faults.InjectAsync(new MachineFault(kind, "hot"), CancellationToken.None);

        await Eventually.TrueAsync(() => State(process) == "T", "the stop");
        await _faults.HealAsync(new MachineFault(kind, "hot"), CancellationToken.None);
        await Eventually.TrueAsync(() => State(process) == "S", "the healing");
    }

    [Fact]
    public async Task InjectAsync_BalancerKilled_KillsAllServersAndNothingElse()
    {
        var (first, second, other) = (Run("lb"), Run("lb2"), Run("hot-etcd"));

        await _faults.InjectAsync(new MachineFault(MachineFaultKind.BalancerKilled, ""), CancellationToken.None);

        await Eventually.TrueAsync(() => !first.IsRunning && !second.IsRunning, "the end of the servers");
        Assert.True(other.IsRunning);
        Assert.Null(FaultJournal.Read(_state));
    }

    [Fact]
    public async Task InjectAsync_NothingRuns_SaysSo() => await Assert.ThrowsAsync<InvalidOperationException>(
        () => _faults.InjectAsync(new MachineFault(MachineFaultKind.BalancerKilled, ""), CancellationToken.None));

    [Fact]
    public async Task HealAbandonedAsync_OwnerRuns_LeavesItAlone()
    {
        await _faults.InjectAsync(new MachineFault(MachineFaultKind.LinkDown, "hot"), CancellationToken.None);

        Assert.Empty(await _faults.HealAbandonedAsync(CancellationToken.None));
        Assert.Equal(0, await AnswersAsync(2));
    }

    [Fact]
    public async Task Healer_OwnerKilled_HealsAll()
    {
        var owner = Run("a-drill");
        var stopped = Run("hot-etcd");
        await _faults.InjectAsync(new MachineFault(MachineFaultKind.LinkDown, "hot"), CancellationToken.None);
        await _faults.InjectAsync(new MachineFault(MachineFaultKind.EtcdStopped, "hot"), CancellationToken.None);
        (FaultJournal.Read(_state)! with { Owner = owner }).Write(_state);
        using var stop = new CancellationTokenSource();
        var healer = new FaultHealer(_faults, _state, TimeProvider.System, NullLogger.Instance).RunAsync(stop.Token);

        owner.Signal(9);

        await Eventually.TrueAsync(() => FaultJournal.Read(_state) is null, "the healing");
        await stop.CancelAsync();
        await healer;
        await ServesAsync();
        await Eventually.TrueAsync(() => State(stopped) == "S", "etcd goes on");
    }

    private ProcessIdentity Run(string name)
    {
        using var process = ProcessRunner.StartInherited(new Command("sleep", "600"));
        var identity = ProcessIdentity.Of(process.Id)!;
        new ProcessRecord(name, identity, "", DateTimeOffset.UnixEpoch, 0).Write(_state.Processes);
        _started.Add(identity);
        return identity;
    }

    private static string State(ProcessIdentity process) => File.ReadAllText($"/proc/{process.Pid}/stat").Split(") ")[1][..1];

    /// <summary>A link takes a moment to come up.</summary>
    private static async Task ServesAsync()
    {
        var start = TimeProvider.System.GetTimestamp();
        while (await AnswersAsync(5) < 5)
            Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(20), "the link does not come up");
    }

    /// <summary>How many of so many pings are answered within 300 ms.</summary>
    private static async Task<int> AnswersAsync(int pings)
    {
        var answers = 0;
        for (var i = 0; i < pings; i += 20)
        {
            var replies = await Task.WhenAll(Enumerable.Range(0, Math.Min(20, pings - i)).Select(async _ =>
            {
                using var ping = new Ping();
                return await ping.SendPingAsync(Node, TimeSpan.FromMilliseconds(300));
            }));
            answers += replies.Count(r => r.Status == IPStatus.Success);
        }

        return answers;
    }
}
