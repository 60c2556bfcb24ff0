using Tandem.LoadBalancer.Tests;
using Tandem.Platform.Tests;

namespace Tandem.Cli.Tests;

public sealed class ExitCodeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("status --no-such-option")]
    [InlineData("no-such-command")]
    [InlineData("status -o xml")]
    [InlineData("status -f")]
    [InlineData("drill cluster-loss --rate 0")]
    [InlineData("drill no-such-drill")]
    [InlineData("host")]
    [InlineData("lb run")]
    [InlineData("lb lint --plan gold")]
    [InlineData("")]
    public async Task Run_WrongUsage_Is2(string line)
    {
        var result = await TandemProcess.RunAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal(2, result.ExitCode);
        Assert.NotEmpty(result.Error);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("failback --help")]
    public async Task Run_Help_Is0AndHidesWhatIsInternal(string line)
    {
        var result = await TandemProcess.RunAsync(line.Split(' '));

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Contains("hot cluster", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("--revision", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("  host ", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("up")]
    [InlineData("status")]
    [InlineData("down")]
    [InlineData("failback")]
    [InlineData("drill cluster-loss")]
    [InlineData("drill all")]
    [InlineData("lb lint")]
    [InlineData("lb force hot down")]
    public async Task Run_NoPlatformFile_Is2AndNamesIt(string line)
    {
        var missing = _folder.File("missing.yaml");

        var result = await TandemProcess.RunAsync([.. line.Split(' '), "-f", missing]);

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains(missing, result.Error, StringComparison.Ordinal);
    }

    /// <summary>Nothing listens there: a drill that was let through would fail otherwise.</summary>
    [Theory]
    [InlineData("drill app-crash", "--yes-on hot")]
    [InlineData("drill app-crash --yes-on standby", "--yes-on hot")]
    [InlineData("drill cluster-loss --yes-on hot", "needs embedded clusters")]
    [InlineData("drill all", "offers no drill")]
    public async Task Drill_OnAClusterOfOthers_Is2UnlessItIsMeant(string line, string says)
    {
        File.WriteAllText(_folder.File("kubeconfig"), "");
        var file = Write(Sample.Minimal.Replace("hot: { embedded: {} }", "hot: { kubeconfig: ./kubeconfig }", StringComparison.Ordinal)
            .Replace("standby: { embedded: {} }", "standby: { kubeconfig: ./kubeconfig }", StringComparison.Ordinal));

        var refused = await TandemProcess.RunAsync([.. line.Split(' '), "-f", file, "--state", _folder.File("state")]);
        var meant = await TandemProcess.RunAsync(["drill", "app-crash", "--yes-on", "hot", "-f", file, "--state", _folder.File("state")]);

        Assert.Equal((2, ""), (refused.ExitCode, refused.Output));
        Assert.Contains(says, refused.Error, StringComparison.Ordinal);
        Assert.Equal(3, meant.ExitCode);
        Assert.Contains("not running", meant.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_InvalidPlatformFile_Is2WithEveryMistake()
    {
        var file = Write(Sample.Minimal + "    ttl: never\n    oops: 1\n  apps: 3\n");

        var result = await TandemProcess.RunAsync("up", "-f", file);

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Equal(
            [
                $"tandem: {file}:11:10: spec.loadBalancer.ttl: 'never' must be a duration such as 10s, 5m or 1h",
                $"{file}:12:5: unknown field 'oops' in spec.loadBalancer; known: cloudflare, embedded, failback, healthCheck, notifications, proxied, sessionAffinity, ttl",
                $"{file}:13:9: spec.apps: must be a list",
            ],
            result.Error.TrimEnd().Split('\n').Where(l => l.Contains(file, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Up_InvalidManifest_Is2AndNothingIsMade()
    {
        File.WriteAllText(_folder.File("app.yaml"), "kind: Service\n");

        var result = await TandemProcess.RunAsync("up", "-f", Write(Sample.Minimal + "  apps: [ app.yaml ]\n"), "--state", _folder.File("state"));

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("app.yaml:1:1: the document has no apiVersion", result.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.File("state")));
    }

    [Theory]
    [InlineData("status -o json", "")]
    [InlineData("failback", "")]
    [InlineData("lb force hot down", "")]
    [InlineData("agent", "")]
    [InlineData("agent", "    failback: manual\n")]
    public async Task Run_PlatformThatIsNotRunning_Is3AndNothingIsMade(string line, string more)
    {
        var result = await TandemProcess.RunAsync([.. line.Split(' '), "-f", Write(Sample.Minimal + more), "--state", _folder.File("state")]);

        Assert.Equal((3, ""), (result.ExitCode, result.Output));
        Assert.Contains("platform demo is not running", result.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.File("state")));
    }

    private string Write(string text)
    {
        File.WriteAllText(_folder.File("platform.yaml"), text);
        return _folder.File("platform.yaml");
    }
}
