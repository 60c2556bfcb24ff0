using k8s.Models;
using Tandem.Kubernetes.Node.Containers;
using Tandem.Kubernetes.Node.Pods;

namespace Tandem.Kubernetes.Node.Cgroups;

/// <summary>The pods' own control groups, by quality-of-service class as the kubelet lays them out.</summary>
internal sealed class PodCgroups(string parent)
{
    private static readonly string[] Classes = ["", "/burstable", "/besteffort"];

    public string PathOf(V1Pod pod) => $"{parent}/kubepods{Class(pod)}/pod{pod.Metadata.Uid}";

    /// <summary>The group of a pod of which only the uid is known; none of these exists where the pod is gone.</summary>
    public string Find(string uid) =>
        Classes.Select(c => $"{parent}/kubepods{c}/pod{uid}").FirstOrDefault(CgroupTree.Exists) ?? $"{parent}/kubepods/pod{uid}";

    /// <summary>Makes the pod's group with the limits of the pod as a whole.</summary>
    public string Ensure(V1Pod pod)
    {
        var cgroup = PathOf(pod);
        CgroupTree.Create(cgroup);
        Set($"{parent}/kubepods/besteffort", CgroupSettings.BestEffort(CgroupTree.IsUnified));
        foreach (var setting in CgroupSettings.OfPod(ResourceMath.ForPod(pod), CgroupTree.IsUnified))
            Set(cgroup, setting);
        return cgroup;
    }

    /// <summary>Removes a pod's group, whatever class it was of.</summary>
    public void Remove(string uid)
    {
        foreach (var qos in Classes)
            CgroupTree.Remove($"{parent}/kubepods{qos}/pod{uid}");
    }

    private static void Set(string cgroup, CgroupSetting setting) => CgroupTree.Set(setting.Controller, cgroup, setting.File, setting.Value);

    private static string Class(V1Pod pod) => pod.QosClass() switch
    {
        "Burstable" => Classes[1],
        "BestEffort" => Classes[2],
        _ => Classes[0],
    };
}
