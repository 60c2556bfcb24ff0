namespace Tandem.Processes.Tests;

public sealed class ProcessRunnerTests
{
    [Fact]
    public async Task RunAsync_ProgramWithInput_ReturnsOutputAndExitCode()
    {
        var result = await ProcessRunner.RunAsync(new Command("sh", "-c", "cat; echo oops >&2; exit 3") { Input = "hello" });

        Assert.Equal((3, "hello", "oops\n"), (result.ExitCode, result.Output, result.Error));
    }

    [Fact]
    public async Task RunCheckedAsync_NonZeroExit_ThrowsWithWhatItPrinted()
    {
        var failure = await Assert.ThrowsAsync<ProcessFailedException>(
            () => ProcessRunner.RunCheckedAsync(new Command("sh", "-c", "echo broken >&2; exit 1")));

        Assert.Contains("broken", failure.Message);
    }

    [Fact]
    public async Task RunAsync_MissingProgram_NamesIt()
    {
        var failure = await Assert.ThrowsAsync<ProgramNotFoundException>(
            () => ProcessRunner.RunAsync(new Command("no-such-program")));

        Assert.Equal("no-such-program", failure.Program);
    }

    [Fact]
    public async Task RunAsync_Cancelled_KillsTheProgram()
    {
        using var cancel = new CancellationTokenSource();
        var running = ProcessRunner.RunAsync(new Command("sleep", "600"), cancel.Token);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task RunAsync_EnvironmentAndWorkingDirectory_AreThePrograms()
    {
        var result = await ProcessRunner.RunCheckedAsync(new Command("sh", "-c", "echo $TANDEM_X; pwd")
        {
            WorkingDirectory = "/usr",
            Environment = new Dictionary<string, string?> { ["TANDEM_X"] = "1" },
        });

        Assert.Equal("1\n/usr\n", result.Output);
    }
}
