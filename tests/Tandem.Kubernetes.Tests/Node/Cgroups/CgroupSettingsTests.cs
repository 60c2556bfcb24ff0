using Tandem.Kubernetes.Node.Cgroups;
using Tandem.Kubernetes.Node.Cri.V1;

namespace Tandem.Kubernetes.Tests.Node.Cgroups;

/// <summary>As the kubelet writes them, in both versions.</summary>
public sealed class CgroupSettingsTests
{
    [Theory]
    [InlineData(2, 0, 0, "cpu.shares=2 cpu.cfs_quota_us=-1 memory.limit_in_bytes=-1", "cpu.weight=1 cpu.max=max 100000 memory.max=max")]
    [InlineData(102, 50000, 67108864, "cpu.shares=102 cpu.cfs_quota_us=50000 memory.limit_in_bytes=67108864", "cpu.weight=4 cpu.max=50000 100000 memory.max=67108864")]
    [InlineData(1024, 0, 0, "cpu.shares=1024 cpu.cfs_quota_us=-1 memory.limit_in_bytes=-1", "cpu.weight=39 cpu.max=max 100000 memory.max=max")]
    [InlineData(262144, 6400000, 1, "cpu.shares=262144 cpu.cfs_quota_us=6400000 memory.limit_in_bytes=1", "cpu.weight=10000 cpu.max=6400000 100000 memory.max=1")]
    public void OfPod_Resources_AreInTheWordsOfTheVersion(long shares, long quota, long memory, string one, string two)
    {
        var pod = new LinuxContainerResources { CpuShares = shares, CpuQuota = quota, MemoryLimitInBytes = memory };

        Assert.Equal((one, two), (Text(CgroupSettings.OfPod(pod, unified: false)), Text(CgroupSettings.OfPod(pod, unified: true))));
    }

    [Fact]
    public void BestEffort_AndContainers_AreInTheWordsOfTheVersion()
    {
        Assert.Equal(("cpu.shares=2", "cpu.weight=1"), (Text([CgroupSettings.BestEffort(unified: false)]), Text([CgroupSettings.BestEffort(unified: true)])));
        Assert.Empty(CgroupSettings.OfContainer(unified: false));
        Assert.Equal("1", CgroupSettings.OfContainer(unified: true)["memory.oom.group"]);
    }

    private static string Text(IEnumerable<CgroupSetting> settings) => string.Join(' ', settings.Select(s => $"{s.File}={s.Value}"));
}
