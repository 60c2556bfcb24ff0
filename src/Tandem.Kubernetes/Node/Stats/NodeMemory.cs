using Tandem.Kubernetes.Node.Cgroups;
using Tandem.Kubernetes.Node.Registration;

namespace Tandem.Kubernetes.Node.Stats;

/// <summary>The memory that pods share: the machine's, or as much of it as the node is given.</summary>
internal sealed record NodeMemory(long Capacity, long Available)
{
    public static NodeMemory Read(NodeOptions options)
    {
        var machine = MachineInfo.Read(options.StateDirectory);
        if (options.MemoryCapacity is not { } capacity || capacity >= machine.Memory)
            return new NodeMemory(machine.Memory, machine.MemoryAvailable);
        var left = capacity - CgroupTree.WorkingSet($"{options.CgroupParent}/kubepods");
        return new NodeMemory(capacity, Math.Clamp(left, 0, machine.MemoryAvailable));
    }
}
