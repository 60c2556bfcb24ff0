using System.Security.Cryptography;
using Tandem.Processes;

namespace Tandem.Kubernetes.Tests.Streams.Real;

/// <summary>Commands in real containers, by kubectl of four ages: SPDY up to 1.29, WebSocket v5 from 1.30.</summary>
public sealed class ExecTests(StreamsFixture cluster) : IClassFixture<StreamsFixture>
{
    public static TheoryData<int> Ages => [20, 29, 31, 36];

    [Theory]
    [MemberData(nameof(Ages))]
    public async Task Exec_InputOutputErrorsAndExitCode_Arrive(int minor)
    {
        var result = await cluster.RunAsync(minor, ["exec", "-i", "box", "--", "sh", "-c", "cat; echo oops >&2; exit 3"], "hello\n");

        Assert.Equal((3, "hello\n"), (result.ExitCode, result.Output));
        Assert.Contains("oops", result.Error, StringComparison.Ordinal);
        Assert.Contains("command terminated with exit code 3", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Ages))]
    public async Task Exec_WithoutInput_Succeeds(int minor) =>
        Assert.Equal("done\n", await cluster.RunOkAsync(minor, ["exec", "box", "-c", "c", "--", "echo", "done"]));

    [Theory]
    [MemberData(nameof(Ages))]
    public async Task Exec_UnknownProgram_FailsWithTheRuntimesWords(int minor)
    {
        var result = await cluster.RunAsync(minor, ["exec", "box", "--", "nonesuch"]);

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("executable file not found", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Ages))]
    public async Task Cp_BothWays_IsByteIdentical(int minor)
    {
        var sent = Path.Combine(cluster.Folder, $"sent-{minor}");
        var received = Path.Combine(cluster.Folder, $"received-{minor}");
        var bytes = RandomNumberGenerator.GetBytes(1 << 20);
        await File.WriteAllBytesAsync(sent, bytes);

        await cluster.RunOkAsync(minor, ["cp", sent, $"box:/tmp/file-{minor}"]);
        await cluster.RunOkAsync(minor, ["cp", $"box:/tmp/file-{minor}", received]);

        Assert.Equal(bytes, await File.ReadAllBytesAsync(received));
    }

    [Theory]
    [InlineData(20)]
    [InlineData(36)]
    public async Task Exec_WithTerminal_HasOne(int minor)
    {
        // script(1) gives kubectl a terminal of 40 columns.
        var result = await ProcessRunner.RunAsync(new Command("script", "-qec", string.Join(' ', [
            "stty cols 40 rows 10;", await Tests.Api.Kubectls.PathAsync(minor), "--kubeconfig=" + cluster.Options.Kubeconfig,
            "exec", "-it", "box", "--", "sh", "-c", "'until test \"$(stty size)\" = \"10 40\"; do :; done; echo sized'"]), "/dev/null"));

        Assert.Contains("sized", result.Output, StringComparison.Ordinal);
        Assert.Equal(0, result.ExitCode);
    }

    [Theory]
    [InlineData(29)]
    [InlineData(36)]
    public async Task Exec_InputThatNobodyReads_HoldsTheClientBack(int minor)
    {
        const long most = 64L << 20;
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        var before = process.PrivateMemorySize64;
        using var kubectl = await cluster.StartAsync(minor, "exec", "-i", "box", "--", "sleep", "10");
        var piece = new byte[32 * 1024];
        var written = 0L;

        // The client takes what it can pass on; when it takes nothing for this long, all that could fill up is full.
        for (Task write; await Task.WhenAny(write = kubectl.StandardInput.BaseStream.WriteAsync(piece).AsTask(), Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System)) == write && written <= most;)
            written += piece.Length;

        process.Refresh();
        Assert.InRange(written, 1, most);
        Assert.InRange(process.PrivateMemorySize64 - before, long.MinValue, 2 * most);
        kubectl.Kill(entireProcessTree: true);
        await kubectl.WaitForExitAsync();
    }

    [Theory]
    [InlineData(29)]
    [InlineData(36)]
    public async Task Exec_OutputThatNobodyReads_HoldsTheContainerBack(int minor)
    {
        using var kubectl = await cluster.StartAsync(minor, "exec", "box", "--", "sh", "-c", "yes | tee /tmp/flood-" + minor);
        await Tests.Eventually.TrueAsync(
            async () => await WrittenAsync() is > 0 and var first && await WrittenAsync() == first, "the container waits");

        Assert.InRange(await WrittenAsync(), 1, 64L << 20);
        kubectl.Kill(entireProcessTree: true);
        await kubectl.WaitForExitAsync();

        async Task<long> WrittenAsync() => long.TryParse(
            await cluster.RunOkAsync(31, ["exec", "box", "--", "sh", "-c", $"wc -c < /tmp/flood-{minor} || echo 0"]), out var bytes) ? bytes : 0;
    }

    [Theory]
    [InlineData(29)]
    [InlineData(36)]
    public async Task Exec_ClientThatGoes_LeavesTheCommandRunning(int minor)
    {
        var file = $"/tmp/ticks-{minor}";
        using (var kubectl = await cluster.StartAsync(minor, "exec", "box", "--", "sh", "-c", $"while true; do echo tick >> {file}; sleep 0.05; done"))
        {
            await Tests.Eventually.TrueAsync(async () => await LengthAsync() > 0, "the command runs");
            kubectl.Kill(entireProcessTree: true);
            await kubectl.WaitForExitAsync();
        }

        // Once what was in flight when the client went has settled, only a command that lives lets the file grow.
        var first = await LengthAsync();
        await Tests.Eventually.TrueAsync(async () => await LengthAsync() > first + 100, "the command goes on");

        async Task<long> LengthAsync() => long.TryParse(
            await cluster.RunOkAsync(31, ["exec", "box", "--", "sh", "-c", $"wc -c < {file} || echo 0"]), out var bytes) ? bytes : 0;
    }

    [Fact]
    public async Task Exec_ContainerThatIsNotInThePod_IsRefusedByName()
    {
        var (code, body) = await cluster.SendUpgradeAsync("exec?container=x&command=true&stdout=true");

        Assert.Equal(System.Net.HttpStatusCode.BadRequest, code);
        Assert.Contains("container x is not valid for pod box", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exec_NoStreamAskedFor_IsRefused()
    {
        var (code, body) = await cluster.SendUpgradeAsync("exec?command=true");

        Assert.Equal((System.Net.HttpStatusCode.BadRequest, "you must specify at least 1 of stdin, stdout, stderr"), (code, body));
    }

    [Fact]
    public async Task Exec_WithoutUpgrade_IsRefused()
    {
        var (code, body) = await cluster.SendAsync(HttpMethod.Post, "/api/v1/namespaces/default/pods/box/exec?command=true&stdout=true");

        Assert.Equal((System.Net.HttpStatusCode.BadRequest, "Upgrade request required"), (code, (string?)body!["message"]));
    }
}
