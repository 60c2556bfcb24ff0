using System.Globalization;
using Tandem.Kubernetes.Node.Stats;
using Tandem.Processes;

namespace Tandem.Kubernetes.Tests.Node.Stats;

public sealed class StatsTests
{
    [Fact]
    public void Parse_OfProcNetDev_LeavesTheLoopbackOut()
    {
        var found = InterfaceStats.Parse(
        [
            "Inter-|   Receive                                                |  Transmit",
            " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed",
            "    lo:     100       1    0    0    0     0          0         0      100       1    0    0    0     0       0          0",
            "  eth0:    2000      20    1    2    0     0          0         0     3000      30    3    4    0     0       0          0",
        ]);

        Assert.Equal([new InterfaceStats("eth0", 2000, 20, 1, 2, 3000, 30, 3, 4)], found);
    }

    [Fact]
    public async Task DiskUsage_OfAFolder_IsWhatDuSays()
    {
        var folder = Directory.CreateTempSubdirectory("usage").FullName;
        await File.WriteAllBytesAsync(Path.Combine(folder, "a"), new byte[100_000]);
        Directory.CreateDirectory(Path.Combine(folder, "d"));
        await ProcessRunner.RunCheckedAsync(new Command("ln", Path.Combine(folder, "a"), Path.Combine(folder, "d", "same")));
        File.CreateSymbolicLink(Path.Combine(folder, "link"), "/usr");

        var said = (await ProcessRunner.RunCheckedAsync(new Command("du", "-s", "-B1", folder))).Output.Split('\t')[0];

        Assert.Equal(new DiskUsage(long.Parse(said, CultureInfo.InvariantCulture), 4), DiskUsage.Of(folder));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task FileSystem_OfAFolder_IsWhatDfSays()
    {
        var said = (await ProcessRunner.RunCheckedAsync(new Command("df", "-B1", "--output=size,itotal", "/"))).Output.Split('\n')[1].Split(' ', StringSplitOptions.RemoveEmptyEntries);

        var found = FileSystemStats.Of("/");

        Assert.Equal(string.Join(' ', said), string.Create(CultureInfo.InvariantCulture, $"{found.Capacity} {found.Inodes}"));
    }

    [Fact]
    public void Text_OfSamples_IsEscapedAndHasItsTime()
    {
        var text = new PrometheusText();
        text.Add("none", "gauge", "Nothing.", []);
        text.Add("m", "gauge", "Some.", [new PrometheusText.Sample([("l", "a\"b\\c\nd")], 1.5, DateTimeOffset.UnixEpoch.AddSeconds(2))]);

        Assert.Equal("# HELP m Some.\n# TYPE m gauge\nm{l=\"a\\\"b\\\\c\\nd\"} 1.5 2000\n", text.ToString());
    }
}
