using Microsoft.Extensions.Logging.Abstractions;
using Tandem.Host.Supervision;
using Tandem.LoadBalancer.Tests;
using Tandem.Processes;

namespace Tandem.Host.Tests.Supervision;

/// <summary>Real processes, in a state folder of their own.</summary>
public sealed class ProcessSupervisorTests : IAsyncLifetime
{
    private static readonly ProcessSpec Sleep = new("sleep", new Command("sleep", "600"), null);

    private readonly TemporaryFolder _folder = new();
    private readonly List<(CancellationTokenSource Stop, Task Running)> _supervisors = [];
    private StateFolder _state = null!;

    public Task InitializeAsync()
    {
        _state = new StateFolder("test", _folder.File(""));
        _state.Create([]);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        foreach (var supervisor in _supervisors.ToList())
            await StopAsync(supervisor);
        foreach (var record in ProcessRecord.ReadAll(_state.Processes))
            await ProcessEnd.StopAsync(record.Process, TimeSpan.FromSeconds(5), TimeProvider.System, CancellationToken.None);
        _folder.Dispose();
    }

    private static string CommandLine(string process)
    {
        try
        {
            return File.ReadAllText(process + "/cmdline");
        }
        catch (IOException)
        {
            return ""; // it has ended
        }
    }

    [Fact]
    public async Task RunAsync_Nothing_StartsItAndWritesItDown()
    {
        Start(Sleep);

        var record = await RunningAsync();

        Assert.Equal((Sleep.Hash, 0), (record.CommandHash, record.Restarts));
        await Eventually.TrueAsync(() => File.ReadAllText($"/proc/{record.Process.Pid}/cmdline") == "sleep\0600\0", "the command");
    }

    [Fact]
    public async Task RunAsync_Killed_StartsItAgain()
    {
        Start(Sleep);
        var first = await RunningAsync();

        first.Process.Signal(9);

        var second = await RunningAsync(other: first);
        Assert.Equal(1, second.Restarts);
    }

    [Fact]
    public async Task RunAsync_RecordCannotBeWritten_LeavesNoProcessThatNobodyKnows()
    {
        // A full disk refuses it just so.
        var obstacle = Directory.CreateDirectory(Path.Combine(_state.Processes, "sleep.json.new"));
        var mark = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"600.{Environment.ProcessId}");
        var marked = Sleep with { Command = new Command("sleep", mark) };
        var attempts = 0;

        Start(marked with { Prepare = _ => { attempts++; return Task.CompletedTask; } });
        await Eventually.TrueAsync(() => attempts > 2, "it is tried again");
        obstacle.Delete();

        var record = await RunningAsync();
        var running = Directory.GetDirectories("/proc").Where(d => int.TryParse(Path.GetFileName(d), out _) && File.Exists(d + "/cmdline"))
            .Where(d => ProcessIdentity.Of(int.Parse(Path.GetFileName(d), System.Globalization.CultureInfo.InvariantCulture)) is not null && CommandLine(d).Contains(mark, StringComparison.Ordinal));
        Assert.Equal(record.Process.Pid.ToString(System.Globalization.CultureInfo.InvariantCulture), Path.GetFileName(Assert.Single(running)));
    }

    [Fact]
    public async Task RunAsync_AnotherSupervisor_TakesItOver()
    {
        var one = Start(Sleep);
        var first = await RunningAsync();
        await StopAsync(one);
        Assert.True(first.Process.IsRunning);

        Start(Sleep);
        first.Process.Signal(9);

        var second = await RunningAsync(other: first);
        Assert.NotEqual(first.Process, second.Process);
    }

    [Fact]
    public async Task RunAsync_TakenOver_IsNotStartedTwice()
    {
        var one = Start(Sleep);
        var first = await RunningAsync();
        await StopAsync(one);
        var prepared = 0;

        var two = Start(Sleep with { Prepare = _ => { prepared++; return Task.CompletedTask; } });
        await StopAsync(two);

        Assert.Equal(0, prepared);
        Assert.Equal(first, ProcessRecord.Find(_state.Processes, "sleep"));
    }

    [Fact]
    public async Task RunAsync_CommandChanged_ReplacesIt()
    {
        var one = Start(Sleep);
        var first = await RunningAsync();
        await StopAsync(one);

        var changed = Sleep with { Command = new Command("sleep", "601") };
        Start(changed);

        var second = await RunningAsync(other: first);
        Assert.False(first.Process.IsRunning);
        Assert.Equal(changed.Hash, second.CommandHash);
    }

    [Fact]
    public async Task RunAsync_NumberTakenBySomebodyElse_IsLeftAlone()
    {
        using var stranger = ProcessRunner.StartInherited(new Command("sleep", "600"));
        var identity = ProcessIdentity.Of(stranger.Id)!;
        var stale = new ProcessRecord("sleep", identity with { StartTicks = identity.StartTicks - 1 }, "OTHER", DateTimeOffset.UnixEpoch, 0);
        stale.Write(_state.Processes);

        Start(Sleep);

        await RunningAsync(other: stale);
        Assert.True(identity.IsRunning);
        await ProcessEnd.StopAsync(identity, TimeSpan.FromSeconds(5), TimeProvider.System, CancellationToken.None);
    }

    [Fact]
    public async Task RunAsync_PreparationFails_IsTriedAgain()
    {
        var attempts = 0;

        Start(Sleep with { Prepare = _ => ++attempts < 3 ? throw new IOException("not yet") : Task.CompletedTask });

        await RunningAsync();
        Assert.Equal(3, attempts);
    }

    [Fact]
    public async Task RunAsync_ProgramThatEndsAtOnce_IsStartedAgainAndItsOutputKept()
    {
        Start(new ProcessSpec("short", new Command("echo", "hello"), null));

        await Eventually.TrueAsync(
            () => File.Exists(Path.Combine(_state.Logs, "short.log")) && File.ReadAllLines(Path.Combine(_state.Logs, "short.log")).Count(l => l == "hello") >= 2, "the second start");
    }

    private (CancellationTokenSource Stop, Task Running) Start(ProcessSpec spec)
    {
        var stop = new CancellationTokenSource();
        var supervisor = (stop, new ProcessSupervisor(spec, _state, TimeProvider.System, NullLogger.Instance).RunAsync(stop.Token));
        _supervisors.Add(supervisor);
        return supervisor;
    }

    private async Task StopAsync((CancellationTokenSource Stop, Task Running) supervisor)
    {
        _supervisors.Remove(supervisor);
        await supervisor.Stop.CancelAsync();
        await supervisor.Running;
        supervisor.Stop.Dispose();
    }

    private Task<ProcessRecord> RunningAsync(ProcessRecord? other = null) => Eventually.GetAsync(
        () => ProcessRecord.Find(_state.Processes, "sleep") is { } record && record.Process != other?.Process && record.Process.IsRunning ? record : null, "the start");
}
