using k8s.Models;
using Tandem.Kubernetes.Node.Containers;

namespace Tandem.Kubernetes.Tests.Node.Containers;

public sealed class ResourceMathTests
{
    [Fact]
    public void ForContainer_WithLimits_IsAsTheKubeletSends()
    {
        var pod = Pod(("10m", "10Mi"), (null, "50Mi"));
        var resources = ResourceMath.ForContainer(pod, pod.Spec.Containers[0], 24L << 30, unified: false);
        Assert.Equal((10, 0, 52428800, 52428800, 999),
            (resources.CpuShares, resources.CpuQuota, resources.MemoryLimitInBytes, resources.MemorySwapLimitInBytes, resources.OomScoreAdj));
    }

    [Fact]
    public void ForContainer_WithNothing_IsBestEffort()
    {
        var pod = Pod((null, null), (null, null));
        var resources = ResourceMath.ForContainer(pod, pod.Spec.Containers[0], 1 << 30, unified: true);
        Assert.Equal((2, 0, 1000), (resources.CpuShares, resources.CpuQuota, resources.OomScoreAdj));
        Assert.Equal("1", resources.Unified["memory.oom.group"]);
    }

    [Fact]
    public void ForPod_OneContainerUnlimited_HasNoLimit()
    {
        var pod = Pod(("100m", "10Mi"), ("500m", "10Mi"));
        Assert.Equal(50_000, ResourceMath.ForPod(pod).CpuQuota);
        pod.Spec.Containers.Add(new V1Container { Name = "free" });
        Assert.Equal((0, 0), (ResourceMath.ForPod(pod).CpuQuota, ResourceMath.ForPod(pod).MemoryLimitInBytes));
    }

    private static V1Pod Pod((string? Cpu, string? Memory) requests, (string? Cpu, string? Memory) limits) => new()
    {
        Metadata = new V1ObjectMeta(),
        Spec = new V1PodSpec
        {
            Containers = [new V1Container { Name = "c", Resources = new V1ResourceRequirements { Requests = Map(requests), Limits = Map(limits) } }],
        },
    };

    private static Dictionary<string, ResourceQuantity> Map((string? Cpu, string? Memory) of)
    {
        var map = new Dictionary<string, ResourceQuantity>();
        if (of.Cpu is not null)
            map["cpu"] = new ResourceQuantity(of.Cpu);
        if (of.Memory is not null)
            map["memory"] = new ResourceQuantity(of.Memory);
        return map;
    }
}
