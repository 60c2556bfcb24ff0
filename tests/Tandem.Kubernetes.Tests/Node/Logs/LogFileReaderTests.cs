using System.Text;
using FsCheck.Xunit;
using k8s.Models;
using Microsoft.Extensions.Time.Testing;
using Tandem.Kubernetes.Node.Logs;

namespace Tandem.Kubernetes.Tests.Node.Logs;

public sealed class LogFileReaderTests
{
    private const string Log = """
        2026-01-01T00:00:00.000000001Z stdout F one
        2026-01-01T00:00:10Z stderr P tw
        2026-01-01T00:00:10Z stderr F o
        not a log line
        2026-01-01T00:00:20Z stdout F three

        """;

    [Fact]
    public async Task CopyAsync_Whole_JoinsPartsAndSkipsWhatIsNoLine() => Assert.Equal("one\ntwo\nthree\n", await ReadAsync(Log, new()));

    [Fact]
    public async Task CopyAsync_Timestamps_StandBeforeWholeLines() => Assert.Equal(
        "2026-01-01T00:00:00.000000001Z one\n2026-01-01T00:00:10Z two\n2026-01-01T00:00:20Z three\n",
        await ReadAsync(Log, new() { Timestamps = true }));

    [Fact]
    public async Task CopyAsync_SinceTailAndLimit_Restrict()
    {
        Assert.Equal("two\nthree\n", await ReadAsync(Log, new() { SinceTime = new(2026, 1, 1, 0, 0, 5, TimeSpan.Zero) }));
        Assert.Equal("three\n", await ReadAsync(Log, new() { SinceSeconds = 15 }));
        Assert.Equal("three\n", await ReadAsync(Log, new() { TailLines = 1 }));
        Assert.Equal("", await ReadAsync(Log, new() { TailLines = 0 }));
        Assert.Equal("one\nt", await ReadAsync(Log, new() { LimitBytes = 5 }));
    }

    [Fact]
    public async Task CopyAsync_Followed_GivesWhatComesUntilTheContainerEnds()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "2026-01-01T00:00:00Z stdout F a\n2026-01-01T00:00:01Z std");
        using var output = new MemoryStream();
        var asked = 0;
        // On the first question the rest of the line is written, as if just then; on the second the container has ended.
        async Task<bool> Running(CancellationToken stop)
        {
            await File.AppendAllTextAsync(file, asked == 0 ? "out F b\n" : "2026-01-01T00:00:02Z stdout F c\n", stop);
            return asked++ == 0;
        }

        var time = new FakeTimeProvider { AutoAdvanceAmount = TimeSpan.Zero };
        var copy = new LogFileReader(time).CopyAsync(file, new() { Follow = true }, Running, output, CancellationToken.None);
        while (!copy.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await copy;
        File.Delete(file);
        Assert.Equal("a\nb\nc\n", Encoding.UTF8.GetString(output.ToArray()));
    }

    [Fact]
    public async Task CopyAsync_OneStream_LeavesTheOtherOut()
    {
        Assert.Equal("one\nthree\n", await ReadAsync(Log, new() { Stream = LogStreams.Stdout }));
        Assert.Equal("two\n", await ReadAsync(Log, new() { Stream = LogStreams.Stderr }));
    }

    [Fact]
    public async Task CopyAsync_FollowedAcrossRotation_GivesTheRestOfTheOldAndAllOfTheNew()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "2026-01-01T00:00:00Z stdout F a\n");
        using var output = new MemoryStream();
        var asked = 0;
        // On the first question the old file is full and replaced; on the second the container has ended.
        async Task<bool> Running(CancellationToken stop)
        {
            if (asked++ > 0)
                return false;
            await File.AppendAllTextAsync(file, "2026-01-01T00:00:01Z stdout F b\n", stop);
            File.Move(file, file + ".old");
            await File.WriteAllTextAsync(file, "2026-01-01T00:00:02Z stdout F c\n", stop);
            return true;
        }

        var time = new FakeTimeProvider();
        var copy = new LogFileReader(time).CopyAsync(file, new() { Follow = true }, Running, output, CancellationToken.None);
        while (!copy.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await copy;
        File.Delete(file);
        File.Delete(file + ".old");
        Assert.Equal("a\nb\nc\n", Encoding.UTF8.GetString(output.ToArray()));
    }

    [Property]
    public bool Offset_OfTheTail_KeepsThatManyLines(byte total, byte wanted)
    {
        var text = string.Concat(Enumerable.Range(0, total).Select(i => $"line {i}\n"));
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(text));
        var tail = text[(int)LogTail.Offset(stream, wanted)..];
        return tail.Count(c => c == '\n') == Math.Min(total, wanted) && text.EndsWith(tail, StringComparison.Ordinal);
    }

    [Fact]
    public void Choose_NothingThatRanYet_SaysWhyNot()
    {
        var pod = new V1Pod
        {
            Metadata = new V1ObjectMeta { Name = "p" },
            Spec = new V1PodSpec { Containers = [new V1Container { Name = "c" }] },
            Status = new V1PodStatus
            {
                ContainerStatuses = [new V1ContainerStatus { Name = "c", State = new() { Waiting = new() { Reason = "ContainerCreating" } } }],
            },
        };
        Assert.Equal("container \"c\" in pod \"p\" is waiting to start: ContainerCreating",
            Assert.Throws<ContainerWaitingException>(() => LogSelection.Choose(pod, null, false)).Message);
        Assert.Equal("previous terminated container \"c\" in pod \"p\" not found",
            Assert.Throws<PreviousContainerNotFoundException>(() => LogSelection.Choose(pod, "c", true)).Message);
        Assert.Equal("container x is not valid for pod p",
            Assert.Throws<Tandem.Kubernetes.Api.Errors.ApiException>(() => LogSelection.Choose(pod, "x", false)).Message);
    }

    private static async Task<string> ReadAsync(string log, ContainerLogOptions options)
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, log);
        using var output = new MemoryStream();
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 30, TimeSpan.Zero));
        await new LogFileReader(time).CopyAsync(file, options, _ => Task.FromResult(false), output, CancellationToken.None);
        File.Delete(file);
        return Encoding.UTF8.GetString(output.ToArray());
    }
}
