using Tandem.Host.Supervision;
using Tandem.Processes;

namespace Tandem.Host.Tests.Supervision;

public sealed class ProcessIdentityTests
{
    [Fact]
    public void Of_ThisProcess_IsRunning()
    {
        var own = ProcessIdentity.Of(Environment.ProcessId);

        Assert.NotNull(own);
        Assert.True(own.IsRunning);
        Assert.Equal(own, ProcessIdentity.Of(Environment.ProcessId));
    }

    [Fact]
    public void Of_SameNumberAnotherStart_IsSomebodyElse()
    {
        var own = ProcessIdentity.Of(Environment.ProcessId)!;
        var earlier = own with { StartTicks = own.StartTicks - 1 };

        Assert.False(earlier.IsRunning);
        earlier.Signal(9); // would end this very test
    }

    [Fact]
    public void Of_NoProcess_IsNull() => Assert.Null(ProcessIdentity.Of(int.MaxValue));

    [Fact]
    public async Task IsRunning_ProcessThatEnded_IsFalse()
    {
        using var child = ProcessRunner.StartInherited(new Command("sleep", "600"));
        var identity = ProcessIdentity.Of(child.Id)!;
        Assert.True(identity.IsRunning);

        identity.Signal(15);
        await child.WaitForExitAsync();

        Assert.False(identity.IsRunning);
        Assert.Null(ProcessIdentity.Of(child.Id));
    }

    [Fact]
    public async Task Of_NameWithParenthesesAndSpaces_IsReadAll()
    {
        using var folder = new LoadBalancer.Tests.TemporaryFolder();
        var program = folder.File("a) S (b");
        File.Copy("/bin/sleep", program);
        using var child = ProcessRunner.StartInherited(new Command(program, "600"));
        var own = ProcessIdentity.Of(Environment.ProcessId)!;

        // Until the child has become the program it bears this process's name.
        await Eventually.TrueAsync(() => File.ReadAllText($"/proc/{child.Id}/comm").Trim() == "a) S (b", "the start");
        var identity = ProcessIdentity.Of(child.Id)!;
        Assert.True(identity.StartTicks >= own.StartTicks);
        await ProcessEnd.StopAsync(identity, TimeSpan.FromSeconds(5), TimeProvider.System, CancellationToken.None);
        await child.WaitForExitAsync();
    }

    [Fact]
    public async Task StopAsync_ProcessThatDoesNotListen_IsKilled()
    {
        using var child = ProcessRunner.StartPiped(new Command("sh", "-c", "trap '' TERM; echo ready; while :; do sleep 0.05; done"));
        Assert.Equal("ready", await child.StandardOutput.ReadLineAsync());
        var identity = ProcessIdentity.Of(child.Id)!;

        await ProcessEnd.StopAsync(identity, TimeSpan.FromMilliseconds(200), TimeProvider.System, CancellationToken.None);
        await child.WaitForExitAsync();

        Assert.Equal(128 + 9, child.ExitCode);
    }
}
