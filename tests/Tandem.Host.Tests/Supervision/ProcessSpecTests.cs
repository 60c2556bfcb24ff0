using System.Security.Cryptography;
using Tandem.Host.Supervision;
using Tandem.LoadBalancer.Tests;
using Tandem.Processes;

namespace Tandem.Host.Tests.Supervision;

public sealed class ProcessSpecTests
{
    private static readonly ProcessSpec Spec = new("a", new Command("sleep", "1"), null);

    [Fact]
    public void Hash_SameCommand_IsTheSameInEveryProcess() =>
        Assert.Equal(Convert.ToHexString(SHA256.HashData("\n\n\nsleep 1"u8))[..16], Spec.Hash);

    [Fact]
    public void Hash_AnotherCommandOrNamespace_IsAnother() =>
        Assert.Equal(6, new[] { Spec, Spec with { Command = Spec.Command with { WorkingDirectory = "/" } }, Spec with { Command = Spec.Command with { Environment = new Dictionary<string, string?> { ["A"] = "1" } } }, Spec with { NetworkNamespace = "/run/netns/x" }, Spec with { Command = new Command("sleep", "2") }, Spec with { Command = new Command("true", "1") } }.Select(s => s.Hash).Distinct().Count());

    [Fact]
    public void Wrapped_InANamespace_EntersItFirst()
    {
        var wrapped = (Spec with { NetworkNamespace = "/run/netns/x" }).Wrapped("/log");

        Assert.Equal("setsid", wrapped.Program);
        Assert.Equal(["/log", "nsenter", "--net=/run/netns/x", "--", "sleep", "1"], wrapped.Arguments.SkipWhile(a => a != "/log"));
    }

    [Fact]
    public async Task Wrapped_Run_AppendsItsOutputAndKeepsArgumentsAndFolder()
    {
        using var folder = new TemporaryFolder();
        var log = folder.File("a log");
        await File.WriteAllTextAsync(log, "before\n");
        var command = new Command("sh", "-c", "echo \"$0\" \"$1\"; pwd; echo error >&2; cat", "a b", "$HOME;'\"") { WorkingDirectory = "/usr" };

        await ProcessRunner.RunCheckedAsync(new ProcessSpec("a", command, null).Wrapped(log));

        Assert.Equal("before\na b $HOME;'\"\n/usr\nerror\n", await File.ReadAllTextAsync(log));
    }
}
