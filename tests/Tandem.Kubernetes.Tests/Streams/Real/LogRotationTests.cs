using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Tandem.Kubernetes.Node.Cri;
using Tandem.Kubernetes.Node.Logs;
using Tandem.Kubernetes.Tests.Node.Real;

namespace Tandem.Kubernetes.Tests.Streams.Real;

/// <summary>Logs that grow too long, on a real containerd.</summary>
public sealed class LogRotationTests(StreamsFixture cluster) : IClassFixture<StreamsFixture>
{
    [Fact]
    public async Task RotateAsync_WhileALogIsFollowed_KeepsFiveFilesAndLosesNoLine()
    {
        await cluster.CreateAsync($$"""
            apiVersion: v1
            kind: Pod
            metadata: { name: counts, namespace: default }
            spec:
              {{StreamsFixture.OnNode.Replace(", ", "\n  ", StringComparison.Ordinal)}}
              restartPolicy: Never
              containers: [ { name: c, image: "{{BusyboxImage.Name}}", command: [ sh, -c, "i=0; while ! test -e /tmp/end; do i=$((i+1)); echo $i; sleep 0.01; done" ] } ]
            """);
        await cluster.UntilAsync("counts", "{.status.phase}", "Running");
        using var cri = new CriClient(cluster.Node.ContainerdSocket);
        var folder = Directory.GetDirectories(Path.Combine(cluster.Node.StateDirectory, "logs", "pods"), "default_counts_*").Single();
        var log = Path.Combine(folder, "c", "0.log");
        // What is put aside is named by the second.
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var rotator = new LogRotator(cri, 100, time, NullLogger.Instance);
        using var following = await cluster.StartAsync(36, "logs", "-f", "counts");
        var lines = new List<string> { await following.StandardOutput.ReadLineAsync() ?? "" };

        var newest = "";
        for (var rotation = 0; rotation <= LogRotator.MaxFiles; rotation++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Tests.Eventually.TrueAsync(
                async () =>
                {
                    await rotator.RotateAsync(CancellationToken.None);
                    return LogRotator.PutAside(log).LastOrDefault() is { } aside && aside != newest;
                },
                "the log is put aside");
            newest = LogRotator.PutAside(log).Last();
            // On to the next one when the follower has come to the new file.
            var last = int.Parse(File.ReadLines(newest).Last().Split(' ')[^1], System.Globalization.CultureInfo.InvariantCulture);
            while (lines.Count <= last && await following.StandardOutput.ReadLineAsync() is { } line)
                lines.Add(line);
        }

        await cluster.RunOkAsync(31, ["exec", "counts", "--", "touch", "/tmp/end"]);
        while (await following.StandardOutput.ReadLineAsync() is { } line)
            lines.Add(line);
        await following.WaitForExitAsync();
        Assert.Equal(0, following.ExitCode);
        Assert.Equal(Enumerable.Range(1, lines.Count).Select(i => $"{i}"), lines);
        Assert.Equal(LogRotator.MaxFiles - 1, LogRotator.PutAside(log).Count());
    }
}
